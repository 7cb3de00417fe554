package dev.rollcall.server.gateway.eureka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads XML into the JSON that Eureka would write of the same: the reverse of {@link XmlWriter}.
 * There are no document types and no entities but XML's own five, and nesting is limited, so a
 * document takes memory in proportion to its bytes, and nothing is fetched from anywhere.
 */
final class XmlReader {
  /** Elements within elements; an instance has four. */
  static final int DEPTH_MAX = 16;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private XmlReader() {}

  /**
   * Reads a document.
   *
   * @param root the name that its one element must have
   */
  static JsonObject read(byte[] document, String root) throws MalformedBody {
    try {
      var reader = factory().createXMLStreamReader(new StringReader(text(document)));
      while (reader.next() != XMLStreamConstants.START_ELEMENT) {
        requireNoDocumentType(reader);
      }
      if (!reader.getLocalName().equals(root)) {
        throw new MalformedBody("the body must be <%s>".formatted(root));
      }
      var element = element(reader, 1);
      while (reader.hasNext()) {
        reader.next();
      }
      return element.isJsonObject() ? element.getAsJsonObject() : new JsonObject();
    } catch (XMLStreamException e) {
      throw new MalformedBody("the body is not well-formed XML" + place(e));
    }
  }

  /** Decoded here: the JDK's reader tells the console what is wrong with the bytes. */
  private static String text(byte[] document) throws MalformedBody {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new MalformedBody("the body is not UTF-8");
    }
  }

  private static XMLInputFactory factory() {
    // The JDK's own, whatever else is on the class path. One for each document: it is not said to
    // be safe for threads, and registrations are rare.
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  private static void requireNoDocumentType(XMLStreamReader reader) throws MalformedBody {
    if (reader.getEventType() == XMLStreamConstants.DTD) {
      throw new MalformedBody("document types are not taken");
    }
  }

  /** The element that the reader stands at; it then stands at its end. */
  private static JsonElement element(XMLStreamReader reader, int depth)
      throws XMLStreamException, MalformedBody {
    if (depth > DEPTH_MAX) {
      throw new MalformedBody("elements are nested deeper than " + DEPTH_MAX);
    }
    var object = new JsonObject();
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      String name = "@" + XmlNames.decode(reader.getAttributeLocalName(i));
      object.addProperty(name, reader.getAttributeValue(i));
    }
    var text = new StringBuilder();
    boolean hasChildren = false;
    for (int event = reader.next();
        event != XMLStreamConstants.END_ELEMENT;
        event = reader.next()) {
      switch (event) {
        case XMLStreamConstants.START_ELEMENT -> {
          String name = XmlNames.decode(reader.getLocalName());
          add(object, name, element(reader, depth + 1));
          hasChildren = true;
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new MalformedBody("entities are not taken");
        default -> {}
      }
    }
    if (hasChildren) {
      return object;
    }
    if (object.isEmpty()) {
      return new JsonPrimitive(text.toString());
    }
    if (!text.isEmpty()) {
      object.addProperty(Wire.TEXT, text.toString());
    }
    return object;
  }

  private static void add(JsonObject object, String name, JsonElement value) {
    var before = object.get(name);
    if (before == null) {
      object.add(name, value);
    } else if (before.isJsonArray()) {
      before.getAsJsonArray().add(value);
    } else {
      var list = new JsonArray();
      list.add(before);
      list.add(value);
      object.add(name, list);
    }
  }

  private static String place(XMLStreamException e) {
    return e.getLocation() == null
        ? ""
        : ": line %d, column %d"
            .formatted(e.getLocation().getLineNumber(), e.getLocation().getColumnNumber());
  }
}
