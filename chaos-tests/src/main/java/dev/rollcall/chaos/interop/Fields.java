package dev.rollcall.chaos.interop;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * An answer as fields with paths, so that two can be compared: status, content type, encoding, and
 * what is in its body. Elements of lists are told apart by their ids, whatever their order, and
 * moments of now are all the same.
 */
final class Fields {
  static final String STATUS = "status";
  static final String TYPE = "type";

  /** The value of an element of a list, which has fields of its own. */
  private static final String ELEMENT = "there";

  private static final long NOW_MILLIS = 1_200_000;

  private final Map<String, String> fields = new TreeMap<>();
  private final long nowMillis;

  private Fields(long nowMillis) {
    this.nowMillis = nowMillis;
  }

  static Map<String, String> of(HttpResponse<byte[]> answer, long nowMillis) {
    var read = new Fields(nowMillis);
    read.fields.put(STATUS, Integer.toString(answer.statusCode()));
    byte[] body = answer.body();
    if (answer.statusCode() >= 400) {
      // What is wrong is said in words, which are for people.
      read.fields.put("body", body.length == 0 ? "none" : "words");
      return read.fields;
    }
    String encoding = answer.headers().firstValue("Content-Encoding").orElse("");
    if (encoding.equals("gzip")) {
      read.fields.put("encoding", encoding);
      body = unzipped(body);
    }
    String text = new String(body, StandardCharsets.UTF_8).strip();
    if (!text.isEmpty()) {
      String type = answer.headers().firstValue("Content-Type").orElse("none");
      type = type.replaceFirst(";.*", "");
      read.fields.put(TYPE, type);
      if (type.endsWith("json")) {
        read.json(text);
      } else if (type.endsWith("xml")) {
        read.xml(text);
      } else {
        read.fields.put("text", text);
      }
    }
    return read.fields;
  }

  private void json(String text) {
    try {
      add("", JsonParser.parseString(text));
    } catch (JsonSyntaxException e) {
      fields.put("malformed", text);
    }
  }

  private void add(String path, JsonElement value) {
    if (value instanceof JsonObject object) {
      object.entrySet().forEach(entry -> add(path + "/" + entry.getKey(), entry.getValue()));
    } else if (value instanceof JsonArray array) {
      array.forEach(element -> {
        String place = path + "[" + id(element) + "]";
        fields.put(place, ELEMENT);
        add(place, element);
      });
    } else {
      // 1 and "1" differ.
      fields.put(path, moment(value.toString()));
    }
  }

  private static String id(JsonElement element) {
    if (element instanceof JsonObject object) {
      for (String name : List.of("instanceId", "hostName", "name")) {
        if (object.has(name)) {
          return object.get(name).getAsString();
        }
      }
    }
    return element.toString();
  }

  private void xml(String text) {
    try {
      var builder = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder();
      builder.setErrorHandler(null);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      Element root = builder.parse(new ByteArrayInputStream(bytes)).getDocumentElement();
      add("/" + root.getTagName(), root);
    } catch (SAXException e) {
      fields.put("malformed", text);
    } catch (IOException | ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  private void add(String path, Element element) {
    NamedNodeMap attributes = element.getAttributes();
    for (int i = 0; i < attributes.getLength(); i++) {
      fields.put(path + "/@" + attributes.item(i).getNodeName(), attributes.item(i).getNodeValue());
    }
    NodeList children = element.getChildNodes();
    boolean hasElements = false;
    for (int i = 0; i < children.getLength(); i++) {
      if (children.item(i) instanceof Element child) {
        hasElements = true;
        String name = child.getTagName();
        boolean isListed = name.equals("application") || name.equals("instance");
        String place = path + "/" + name + (isListed ? "[" + id(child) + "]" : "");
        if (isListed) {
          fields.put(place, ELEMENT);
        }
        add(place, child);
      }
    }
    if (!hasElements) {
      fields.put(path, moment(element.getTextContent().strip()));
    }
  }

  private static String id(Element element) {
    for (String name : List.of("instanceId", "hostName", "name")) {
      for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
        if (child.getNodeName().equals(name)) {
          return child.getTextContent();
        }
      }
    }
    return "";
  }

  /** Milliseconds that are about now are; what clients said of themselves is longer ago. */
  private String moment(String value) {
    String digits = value.replace("\"", "");
    if (digits.matches("[0-9]{13}") && Math.abs(Long.parseLong(digits) - nowMillis) < NOW_MILLIS) {
      return value.replace(digits, "now");
    }
    return value;
  }

  private static byte[] unzipped(byte[] body) {
    try (var stream = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
