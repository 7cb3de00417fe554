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
    String tag = XmlNames.encode(name);
    xml.append('<').append(tag);
    if (value.isJsonObject()) {
      writeObject(xml, value.getAsJsonObject(), name.equals(Wire.METADATA));
    } else {
      xml.append('>');
      if (!value.isJsonNull()) {
        escape(xml, value.getAsString());
      }
    }
    xml.append("</").append(tag).append('>');
  }

  /**
   * Writes the rest of an element.
   *
   * @param isMap whether its fields are named by people, so that only a Java class can be meant
   */
  private static void writeObject(StringBuilder xml, JsonObject object, boolean isMap) {
    for (var field : object.entrySet()) {
      if (isAttribute(field.getKey(), isMap) && field.getValue().isJsonPrimitive()) {
        xml.append(' ').append(attribute(field.getKey().substring(1))).append("=\"");
        escape(xml, field.getValue().getAsString());
        xml.append('"');
      }
    }
    xml.append('>');
    for (var field : object.entrySet()) {
      if (field.getKey().equals(Wire.TEXT) && !isMap && field.getValue().isJsonPrimitive()) {
        escape(xml, field.getValue().getAsString());
      } else if (!isAttribute(field.getKey(), isMap)) {
        boolean isOverride = field.getKey().equals(Wire.OVERRIDDEN) && !isMap;
        write(xml, isOverride ? Wire.OVERRIDDEN_LOWER : field.getKey(), field.getValue());
      }
    }
  }

  /** One named xmlns would declare a namespace, and wrongly so make the whole answer unreadable. */
  private static String attribute(String name) {
    return name.equals("xmlns") ? XmlNames.escape(name.charAt(0)) + "mlns" : XmlNames.encode(name);
  }

  private static boolean isAttribute(String name, boolean isMap) {
    return isMap ? name.equals(Wire.CLASS) : name.length() > 1 && name.charAt(0) == '@';
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
