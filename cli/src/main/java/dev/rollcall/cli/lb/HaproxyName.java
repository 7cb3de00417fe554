package dev.rollcall.cli.lb;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * What servers are called in HAProxy: {@code rc:} and the instance id, with {@code b} (backup) and
 * {@code t} (TLS) behind {@code rc} where it is so. HAProxy allows {@code [A-Za-z0-9._:-]}; an id
 * with anything else is written behind {@code _} instead of {@code :}, each other character, and
 * each {@code _}, as {@code _} and two hexadecimal digits. So the name tells all of the key, and no
 * server of HAProxy's own configuration is taken for ours.
 */
final class HaproxyName {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:-]+");
  private static final Pattern NAME = Pattern.compile("rc(b?)(t?)([:_])(.+)");
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  /** HAProxy numbers the servers of its configuration from 1. */
  private static final int FIRST_ID = 1 << 30;

  private HaproxyName() {}

  static String of(ServerKey key) {
    String id = key.instanceId();
    String prefix = "rc" + (key.isBackup() ? "b" : "") + (key.isTls() ? "t" : "");
    return PLAIN.matcher(id).matches() ? prefix + ":" + id : prefix + "_" + escaped(id);
  }

  /** Empty for a server that is not ours. */
  static Optional<ServerKey> parse(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    Optional<String> id =
        parts.group(3).equals(":") ? Optional.of(parts.group(4)) : unescaped(parts.group(4));
    return id.map(it -> new ServerKey(it, !parts.group(1).isEmpty(), !parts.group(2).isEmpty()))
        .filter(key -> of(key).equals(name));
  }

  /**
   * A number that depends on the name alone: consistent hashing goes by it, so it sends the same
   * request to the same instance after a reload, and on each balancer.
   */
  static int id(ServerKey key) {
    var crc = new CRC32();
    crc.update(of(key).getBytes(StandardCharsets.US_ASCII));
    return FIRST_ID + (int) (crc.getValue() & (FIRST_ID - 1));
  }

  private static String escaped(String id) {
    var text = new StringBuilder();
    for (byte character : id.getBytes(StandardCharsets.UTF_8)) {
      if (character != '_' && PLAIN.matcher(Character.toString(character & 0xff)).matches()) {
        text.append((char) character);
      } else {
        text.append('_').append(HEX.toHexDigits(character));
      }
    }
    return text.toString();
  }

  private static Optional<String> unescaped(String text) {
    var bytes = new byte[text.length()];
    int length = 0;
    for (int at = 0; at < text.length(); at++) {
      if (text.charAt(at) != '_') {
        bytes[length++] = (byte) text.charAt(at);
      } else if (at + 2 < text.length()
          && isHex(text.charAt(at + 1))
          && isHex(text.charAt(at + 2))) {
        bytes[length++] = (byte) HexFormat.fromHexDigits(text, at + 1, at + 3);
        at += 2;
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(new String(bytes, 0, length, StandardCharsets.UTF_8));
  }

  private static boolean isHex(char character) {
    return HexFormat.isHexDigit(character);
  }
}
