package dev.rollcall.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.client.RegistryException.InvalidRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * The registry's rules for names and sizes, checked where a value is made so that a mistake is
 * found before it travels. The server checks them again.
 */
final class Rules {
  private static final int NAME_CHARACTERS_MAX = 128;
  private static final int LABEL_BYTES_MAX = 128;
  private static final int ENDPOINTS_MAX = 16;
  private static final int TAGS_MAX = 64;
  private static final int METADATA_PAIRS_MAX = 64;
  private static final int METADATA_BYTES_MAX = 16 << 10;
  static final Duration TTL_MIN = Duration.ofSeconds(1);
  private static final Duration TTL_MAX = Duration.ofHours(24);

  private Rules() {}

  static void requireName(String what, String name) {
    if (!isWord(name, NAME_CHARACTERS_MAX, "._-")) {
      throw invalid(
          Reason.INVALID_NAME,
          what + " must be 1 to 128 characters of [A-Za-z0-9._-], not " + shown(name));
    }
  }

  static void requireInstanceId(String id) {
    if (!isPrintable(id, 256)) {
      throw invalid(
          Reason.INVALID_NAME,
          "instance id must be 1 to 256 printable ASCII characters, not " + shown(id));
    }
  }

  static void requireEndpoint(String name, String protocol, String host, int port) {
    if (!isWord(name, 64, "._-")) {
      throw endpoint("name must be 1 to 64 characters of [A-Za-z0-9._-], not " + shown(name));
    }
    if (!protocol.isEmpty() && !isWord(protocol, 32, "._+-")) {
      throw endpoint(
          "protocol must be up to 32 characters of [A-Za-z0-9._+-], not " + shown(protocol));
    }
    if (!isPrintable(host, 253) || host.indexOf(' ') >= 0) {
      throw endpoint(
          "host must be 1 to 253 printable characters without spaces, not " + shown(host));
    }
    if (port < 1 || port > 65_535) {
      throw endpoint("port must be 1 to 65535, not " + port);
    }
  }

  static void requireEndpoints(List<Endpoint> endpoints) {
    if (endpoints.isEmpty()) {
      throw invalid(Reason.ENDPOINT_REQUIRED, "an instance needs at least one endpoint");
    }
    if (endpoints.size() > ENDPOINTS_MAX) {
      throw invalid(
          Reason.TOO_MANY_ENDPOINTS,
          "an instance has at most " + ENDPOINTS_MAX + " endpoints, not " + endpoints.size());
    }
    var names = new HashSet<String>();
    for (Endpoint endpoint : endpoints) {
      if (!names.add(endpoint.name())) {
        throw endpoint("names must differ, but two are named " + shown(endpoint.name()));
      }
    }
  }

  static void requireWeight(int weight) {
    if (weight < 0 || weight > 65_535) {
      throw invalid(Reason.INVALID_WEIGHT, "weight must be 0 to 65535, not " + weight);
    }
  }

  static void requireTags(List<String> tags) {
    if (tags.size() > TAGS_MAX) {
      throw invalid(Reason.INVALID_TAGS, "at most " + TAGS_MAX + " tags, not " + tags.size());
    }
    for (String tag : tags) {
      int bytes = tag.getBytes(UTF_8).length;
      if (bytes < 1 || bytes > LABEL_BYTES_MAX) {
        throw invalid(Reason.INVALID_TAGS, "a tag has 1 to 128 bytes, not " + shown(tag));
      }
    }
  }

  static void requireMetadata(Map<String, String> metadata) {
    if (metadata.size() > METADATA_PAIRS_MAX) {
      throw invalid(
          Reason.METADATA_TOO_LARGE,
          "at most " + METADATA_PAIRS_MAX + " pairs of metadata, not " + metadata.size());
    }
    int bytesSum = 0;
    for (var pair : metadata.entrySet()) {
      int keyBytes = pair.getKey().getBytes(UTF_8).length;
      if (keyBytes < 1 || keyBytes > LABEL_BYTES_MAX) {
        throw invalid(
            Reason.METADATA_TOO_LARGE,
            "a metadata key has 1 to 128 bytes, not " + shown(pair.getKey()));
      }
      bytesSum += keyBytes + pair.getValue().getBytes(UTF_8).length;
    }
    if (bytesSum > METADATA_BYTES_MAX) {
      throw invalid(
          Reason.METADATA_TOO_LARGE,
          "at most " + METADATA_BYTES_MAX + " bytes of metadata, not " + bytesSum);
    }
  }

  static void requireBytesAtMost(String what, String text) {
    if (text.getBytes(UTF_8).length > LABEL_BYTES_MAX) {
      throw invalid(
          Reason.INVALID_REQUEST,
          what + " has at most " + LABEL_BYTES_MAX + " bytes, not " + shown(text));
    }
  }

  static void requireTtl(Duration ttl) {
    if (ttl.compareTo(TTL_MIN) < 0 || ttl.compareTo(TTL_MAX) > 0) {
      throw invalid(
          Reason.TTL_OUT_OF_RANGE, "TTL must be 1 s to 24 h, not " + ttl.toMillis() + " ms");
    }
  }

  static InvalidRequest invalid(Reason reason, String message) {
    return new InvalidRequest(reason, message);
  }

  private static InvalidRequest endpoint(String message) {
    return invalid(Reason.INVALID_ENDPOINT, "endpoint " + message);
  }

  private static boolean isWord(String text, int charactersMax, String besides) {
    if (text.isEmpty() || text.length() > charactersMax) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isAlphanumeric =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!isAlphanumeric && besides.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPrintable(String text, int charactersMax) {
    return !text.isEmpty()
        && text.length() <= charactersMax
        && text.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }

  private static String shown(String text) {
    return text.length() <= 40 ? "'" + text + "'" : "'" + text.substring(0, 40) + "…'";
  }
}
