package dev.rollcall.server.gateway.eureka;

/**
 * Texts as names of XML elements, as Eureka's clients write and read them: {@code _} is doubled,
 * {@code $} is {@code _-}, and whatever a name cannot hold is {@code _.} and four hexadecimal
 * digits. There is no spelling of the empty text.
 */
final class XmlNames {
  private static final int DIGITS = 4;

  private XmlNames() {}

  static String encode(String text) {
    if (isPlain(text)) {
      return text;
    }
    var name = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '_') {
        name.append("__");
      } else if (c == '$') {
        name.append("_-");
      } else if (isAllowed(c, i == 0)) {
        name.append(c);
      } else {
        name.append(escape(c));
      }
    }
    return name.toString();
  }

  /** A character that the name cannot or must not hold as it is. */
  static String escape(char c) {
    return String.format("_.%04x", (int) c);
  }

  /** What is no escape stays as it is: people write XML by hand. */
  static String decode(String name) {
    if (name.indexOf('_') < 0) {
      return name;
    }
    var text = new StringBuilder(name.length());
    int at = 0;
    while (at < name.length()) {
      char c = name.charAt(at);
      char next = at + 1 < name.length() ? name.charAt(at + 1) : 0;
      if (c == '_' && next == '_') {
        text.append('_');
        at += 2;
      } else if (c == '_' && next == '-') {
        text.append('$');
        at += 2;
      } else if (c == '_' && next == '.' && isHexadecimal(name, at + 2)) {
        text.append((char) Integer.parseInt(name, at + 2, at + 2 + DIGITS, 16));
        at += 2 + DIGITS;
      } else {
        text.append(c);
        at++;
      }
    }
    return text.toString();
  }

  private static boolean isHexadecimal(String name, int from) {
    if (from + DIGITS > name.length()) {
      return false;
    }
    for (int i = from; i < from + DIGITS; i++) {
      if (Character.digit(name.charAt(i), 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isAllowed(text.charAt(i), i == 0) || text.charAt(i) == '_') {
        return false;
      }
    }
    return true;
  }

  /** Less than XML allows, which is read all the same. */
  private static boolean isAllowed(char c, boolean isFirst) {
    boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return isLetter || (!isFirst && ((c >= '0' && c <= '9') || c == '-' || c == '.'));
  }
}
