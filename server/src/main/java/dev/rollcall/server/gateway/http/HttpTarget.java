package dev.rollcall.server.gateway.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Path and query of a request, decoded strictly: what is not well-formed UTF-8 in well-formed
 * percent-encoding is refused rather than guessed at.
 *
 * @param path its segments, without empty ones at the end
 * @param queries values by parameter, both in the order in which they come
 */
record HttpTarget(List<String> path, Map<String, List<String>> queries) {
  /** Each is a pair in a map: a bound on what a stranger can have made of 8 KiB. */
  private static final int PARAMETERS_MAX = 1_000;

  static HttpTarget parse(String target) {
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    return new HttpTarget(segments(path), question < 0 ? Map.of() : queries(target, question + 1));
  }

  private static List<String> segments(String path) {
    if (!path.startsWith("/")) {
      throw HttpRefusal.invalid("a path begins with '/'");
    }
    var segments = new ArrayList<>(Arrays.asList(path.substring(1).split("/", -1)));
    while (!segments.isEmpty() && segments.getLast().isEmpty()) {
      segments.removeLast();
    }
    segments.replaceAll(segment -> decode(segment, false));
    return List.copyOf(segments);
  }

  private static Map<String, List<String>> queries(String target, int from) {
    var values = new LinkedHashMap<String, List<String>>();
    int count = 0;
    for (String pair : target.substring(from).split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      count++;
      if (count > PARAMETERS_MAX) {
        throw HttpRefusal.invalid("a query has at most " + PARAMETERS_MAX + " parameters");
      }
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      values.computeIfAbsent(decode(name, true), key -> new ArrayList<>()).add(decode(value, true));
    }
    values.replaceAll((name, list) -> List.copyOf(list));
    return Collections.unmodifiableMap(values);
  }

  private static String decode(String text, boolean isQuery) {
    if (text.indexOf('%') < 0 && text.chars().allMatch(c -> c < 0x80)) {
      return isQuery ? text.replace('+', ' ') : text;
    }
    var bytes = ByteBuffer.allocate(3 * text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        bytes.put((byte) hex(text, i + 1));
        i += 2;
      } else if (c == '+' && isQuery) {
        bytes.put((byte) ' ');
      } else if (c < 0x80) {
        bytes.put((byte) c);
      } else {
        bytes.put(StandardCharsets.UTF_8.encode(CharBuffer.wrap(Character.toString(c))));
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw HttpRefusal.invalid("path or query is not UTF-8 once it is decoded");
    }
  }

  private static int hex(String text, int at) {
    int high = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
    int low = at + 1 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
    if (high < 0 || low < 0) {
      throw HttpRefusal.invalid("'%' in path or query is not followed by two hexadecimal digits");
    }
    return high << 4 | low;
  }
}
