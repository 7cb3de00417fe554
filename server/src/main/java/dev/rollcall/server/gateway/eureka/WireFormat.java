package dev.rollcall.server.gateway.eureka;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The four forms in which a client may ask for an answer. */
enum WireFormat {
  JSON(true, false),
  JSON_COMPACT(true, true),
  XML(false, false),
  XML_COMPACT(false, true);

  private static final Pattern QUALITY = Pattern.compile(";\\s*q=([01](?:\\.[0-9]{1,3})?)");

  private final boolean isJson;
  private final boolean isCompact;

  WireFormat(boolean isJson, boolean isCompact) {
    this.isJson = isJson;
    this.isCompact = isCompact;
  }

  /**
   * As Eureka chooses: JSON only for those who name it, and not XML before it or with a higher
   * quality (RFC 9110 §12.5.1); XML for everybody else.
   *
   * @param accept the header {@code Accept}
   * @param eurekaAccept the header {@code X-Eureka-Accept}: {@code full} or {@code compact}
   */
  static WireFormat of(Optional<String> accept, Optional<String> eurekaAccept) {
    boolean json = accept.filter(value -> prefersJson(lower(value))).isPresent();
    boolean compact = eurekaAccept.filter(value -> lower(value).equals("compact")).isPresent();
    if (json) {
      return compact ? JSON_COMPACT : JSON;
    }
    return compact ? XML_COMPACT : XML;
  }

  boolean isJson() {
    return isJson;
  }

  /** Whether an instance is shown with its addresses only. */
  boolean isCompact() {
    return isCompact;
  }

  String contentType() {
    return isJson ? "application/json" : "application/xml";
  }

  private static boolean prefersJson(String accept) {
    double json = quality(accept, "json");
    double xml = quality(accept, "xml");
    boolean isFirst = accept.indexOf("json") < accept.indexOf("xml");
    return json > 0 && (json > xml || (json == xml && isFirst));
  }

  /** 0 when it is not named; 1 when no quality is, or none that can be read. */
  private static double quality(String accept, String name) {
    return Arrays.stream(accept.split(",", -1))
        .filter(range -> range.contains(name))
        .map(QUALITY::matcher)
        .mapToDouble(quality -> quality.find() ? Double.parseDouble(quality.group(1)) : 1)
        .max()
        .orElse(0);
  }

  private static String lower(String text) {
    return text.strip().toLowerCase(Locale.ROOT);
  }
}
