package dev.rollcall.server.gateway.eureka;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/**
 * Writes a JSON value in Eureka's shape as the XML that Eureka would write: a field is an element,
 * one that begins with {@code @} an attribute, {@code $} the text, a list one element for each.
 */
final class XmlWriter {
  private XmlWriter() {}

  static void write(StringBuilder xml, String name, JsonElement value) {
    if (value.isJsonArray()) {
      value.getAsJsonArray().forEach(each -> write(xml, name, each));
      return;
    }
    String tag = XmlNames.encode(name.equals(Wire.OVERRIDDEN) ? Wire.OVERRIDDEN_LOWER : name);
    xml.append('<').append(tag);
    if (value.isJsonObject()) {
      writeObject(xml, value.getAsJsonObject());
    } else {
      xml.append('>');
      if (!value.isJsonNull()) {
        escape(xml, value.getAsString());
      }
    }
    xml.append("</").append(tag).append('>');
  }

  private static void writeObject(StringBuilder xml, JsonObject object) {
    for (var field : object.entrySet()) {
      if (isAttribute(field.getKey()) && field.getValue().isJsonPrimitive()) {
        xml.append(' ').append(XmlNames.encode(field.getKey().substring(1))).append("=\"");
        escape(xml, field.getValue().getAsString());
        xml.append('"');
      }
    }
    xml.append('>');
    for (var field : object.entrySet()) {
      if (field.getKey().equals(Wire.TEXT) && field.getValue().isJsonPrimitive()) {
        escape(xml, field.getValue().getAsString());
      } else if (!isAttribute(field.getKey())) {
        write(xml, field.getKey(), field.getValue());
      }
    }
  }

  private static boolean isAttribute(String name) {
    return name.length() > 1 && name.charAt(0) == '@';
  }

  /** What XML cannot hold at all, not even escaped, becomes U+FFFD. */
  static void escape(StringBuilder xml, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> xml.append("&lt;");
        case '>' -> xml.append("&gt;");
        case '&' -> xml.append("&amp;");
        case '"' -> xml.append("&quot;");
        case '\r' -> xml.append("&#13;");
        case '\n' -> xml.append("&#10;");
        case '\t' -> xml.append("&#9;");
        default -> {
          if (Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1))) {
            xml.append(c).append(text.charAt(++i));
          } else {
            xml.append(isCharacter(c) ? c : '\uFFFD');
          }
        }
      }
    }
  }

  private static boolean isCharacter(char c) {
    return c >= 0x20 && !Character.isSurrogate(c) && c < 0xFFFE;
  }
}
