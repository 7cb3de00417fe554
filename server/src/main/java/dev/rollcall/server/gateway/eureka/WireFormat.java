package dev.rollcall.server.gateway.eureka;

import java.util.Locale;
import java.util.Optional;

/** The four forms in which a client may ask for an answer. */
enum WireFormat {
  JSON(true, false),
  JSON_COMPACT(true, true),
  XML(false, false),
  XML_COMPACT(false, true);

  private final boolean isJson;
  private final boolean isCompact;

  WireFormat(boolean isJson, boolean isCompact) {
    this.isJson = isJson;
    this.isCompact = isCompact;
  }

  /**
   * As Eureka chooses: JSON only for those who name it, XML for everybody else.
   *
   * @param accept the header {@code Accept}
   * @param eurekaAccept the header {@code X-Eureka-Accept}: {@code full} or {@code compact}
   */
  static WireFormat of(Optional<String> accept, Optional<String> eurekaAccept) {
    boolean json = accept.filter(value -> lower(value).contains("json")).isPresent();
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

  private static String lower(String text) {
    return text.strip().toLowerCase(Locale.ROOT);
  }
}
