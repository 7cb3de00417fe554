package dev.rollcall.store.instance;

import dev.rollcall.store.instance.InvalidRequest.Rule;
import java.util.List;
import java.util.Map;

/**
 * The rules for names and sizes (docs/architecture.md, limits). Each check throws {@link
 * InvalidRequest}.
 */
public final class Names {
  static final int NAME_CHARACTERS_MAX = 128;
  static final int INSTANCE_ID_CHARACTERS_MAX = 256;
  static final int METADATA_PAIRS_MAX = 64;
  static final int METADATA_BYTES_MAX = 16 << 10;
  static final int TAGS_MAX = 64;
  static final int LABEL_BYTES_MAX = 128;
  static final int WEIGHT_MAX = 65_535;

  private Names() {}

  /**
   * Checks a namespace or a service name.
   *
   * @param what it is called in the message
   */
  public static void requireName(String what, String name) {
    if (!isWord(name, NAME_CHARACTERS_MAX, "._-")) {
      throw new InvalidRequest(
          Rule.INVALID_NAME,
          what + " must be 1 to 128 characters of [A-Za-z0-9._-]: " + shown(name));
    }
  }

  static void requireInstanceId(String id) {
    if (!isPrintable(id, INSTANCE_ID_CHARACTERS_MAX)) {
      throw new InvalidRequest(
          Rule.INVALID_NAME,
          "instance id must be 1 to 256 printable ASCII characters: " + shown(id));
    }
  }

  static void requireEndpoint(String name, String protocol, String host, int port) {
    if (!isWord(name, 64, "._-")) {
      throw endpoint("name must be 1 to 64 characters of [A-Za-z0-9._-]: " + shown(name));
    }
    if (!protocol.isEmpty() && !isWord(protocol, 32, "._+-")) {
      throw endpoint("protocol must be up to 32 characters of [A-Za-z0-9._+-]: " + shown(protocol));
    }
    if (!isPrintable(host, 253) || host.indexOf(' ') >= 0) {
      throw endpoint("host must be 1 to 253 printable characters without spaces: " + shown(host));
    }
    if (port < 1 || port > 65_535) {
      throw endpoint("port must be 1 to 65535: " + port);
    }
  }

  /** Checks a weight. */
  public static void requireWeight(int weight) {
    if (weight < 0 || weight > WEIGHT_MAX) {
      throw new InvalidRequest(Rule.INVALID_WEIGHT, "weight must be 0 to 65535: " + weight);
    }
  }

  /** Checks tags without repeats. */
  public static void requireTags(List<String> tags) {
    if (tags.size() > TAGS_MAX) {
      throw new InvalidRequest(Rule.INVALID_TAGS, "at most 64 tags, not " + tags.size());
    }
    for (String tag : tags) {
      int bytes = utf8Bytes(tag);
      if (bytes < 1 || bytes > LABEL_BYTES_MAX) {
        throw new InvalidRequest(Rule.INVALID_TAGS, "a tag has 1 to 128 bytes: " + shown(tag));
      }
    }
  }

  /** Checks metadata. */
  public static void requireMetadata(Map<String, String> metadata) {
    if (metadata.size() > METADATA_PAIRS_MAX) {
      throw new InvalidRequest(
          Rule.METADATA_TOO_LARGE, "at most 64 pairs of metadata, not " + metadata.size());
    }
    int bytesSum = 0;
    for (var pair : metadata.entrySet()) {
      int keyBytes = utf8Bytes(pair.getKey());
      if (keyBytes < 1 || keyBytes > LABEL_BYTES_MAX) {
        throw new InvalidRequest(
            Rule.METADATA_TOO_LARGE, "a metadata key has 1 to 128 bytes: " + shown(pair.getKey()));
      }
      bytesSum += keyBytes + utf8Bytes(pair.getValue());
    }
    if (bytesSum > METADATA_BYTES_MAX) {
      throw new InvalidRequest(
          Rule.METADATA_TOO_LARGE, "at most 16384 bytes of metadata, not " + bytesSum);
    }
  }

  static void requireSubsetName(String name) {
    if (!isWord(name, 64, "._-")) {
      throw new InvalidRequest(
          Rule.INVALID_NAME, "subset must be 1 to 64 characters of [A-Za-z0-9._-]: " + shown(name));
    }
  }

  static void requireBytesAtMost(String what, String text, int bytesMax) {
    if (utf8Bytes(text) > bytesMax) {
      throw new InvalidRequest(
          Rule.OTHER, what + " has at most " + bytesMax + " bytes: " + shown(text));
    }
  }

  private static InvalidRequest endpoint(String message) {
    return new InvalidRequest(Rule.INVALID_ENDPOINT, "endpoint " + message);
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
    if (text.isEmpty() || text.length() > charactersMax) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** Without making the bytes: this runs several times per instance, on the apply thread too. */
  private static int utf8Bytes(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes += 1;
      } else if (c < 0x800 || Character.isSurrogate(c)) {
        // Two surrogates are one character of four bytes.
        bytes += 2;
      } else {
        bytes += 3;
      }
    }
    return bytes;
  }

  private static String shown(String text) {
    return text.length() <= 40 ? "'" + text + "'" : "'" + text.substring(0, 40) + "…'";
  }
}
