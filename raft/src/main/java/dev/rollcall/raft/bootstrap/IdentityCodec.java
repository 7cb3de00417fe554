package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.bootstrap.BootstrapRefused.Reason;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * {@link NodeIdentity} ↔ the identity file: lines of words, so that people can read it, and a
 * checksum over all before it.
 *
 * <pre>
 * rollcall-identity 1
 * node 00112233445566778899aabbccddeeff
 * founder (node id) (peer address) (client address)      one line each, once bound
 * cluster (cluster id) (history id)                      once initialised
 * next (cluster id) (history id)                         while it is let in, or recovered
 * crc32c 0a1b2c3d
 * </pre>
 */
final class IdentityCodec {
  private static final String FORMAT = "rollcall-identity";
  private static final String VERSION = "1";
  private static final Pattern FIRST_LINE = Pattern.compile(FORMAT + " (\\d+)\n");
  private static final String CHECKSUM = "crc32c ";

  private IdentityCodec() {}

  static byte[] encode(NodeIdentity identity) {
    StringBuilder text = new StringBuilder();
    line(text, FORMAT, VERSION);
    line(text, "node", identity.nodeId());
    for (Member founder : identity.founders()) {
      line(text, "founder", founder.id(), founder.peerAddress(), founder.clientAddress());
    }
    identity
        .cluster()
        .ifPresent(cluster -> line(text, "cluster", cluster.clusterId(), cluster.historyId()));
    identity
        .next()
        .ifPresent(cluster -> line(text, "next", cluster.clusterId(), cluster.historyId()));
    return (text + CHECKSUM + checksum(text.toString()) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param path named in messages
   */
  static NodeIdentity decode(String path, byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    refuseOtherFormat(path, text);
    int end = text.lastIndexOf(CHECKSUM);
    if (end < 0
        || !text.substring(end).equals(CHECKSUM + checksum(text.substring(0, end)) + "\n")) {
      throw damaged(path, null);
    }
    try {
      return parse(text.substring(0, end).lines().skip(1).toList());
    } catch (IllegalArgumentException e) {
      throw damaged(path, e);
    }
  }

  private static void refuseOtherFormat(String path, String text) {
    Matcher first = FIRST_LINE.matcher(text);
    if (first.lookingAt() && !first.group(1).equals(VERSION)) {
      throw new BootstrapRefused(
          Reason.IDENTITY_UNKNOWN_FORMAT,
          "%s was written by a later version of this program (format %s); start that version, this"
                  .formatted(path, first.group(1))
              + " one changes nothing");
    }
  }

  private static NodeIdentity parse(List<String> lines) {
    NodeId nodeId = null;
    List<Member> founders = new ArrayList<>();
    Optional<ClusterIdentity> cluster = Optional.empty();
    Optional<ClusterIdentity> next = Optional.empty();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      switch (words[0] + " " + words.length) {
        case "node 2" -> nodeId = NodeId.parse(words[1]);
        case "founder 4" -> founders.add(new Member(NodeId.parse(words[1]), words[2], words[3]));
        case "cluster 3" -> cluster = Optional.of(cluster(words));
        case "next 3" -> next = Optional.of(cluster(words));
        default -> throw new IllegalArgumentException("not understood: " + line);
      }
    }
    if (nodeId == null) {
      throw new IllegalArgumentException("no node id");
    }
    return new NodeIdentity(nodeId, founders, cluster, next);
  }

  private static ClusterIdentity cluster(String[] words) {
    return new ClusterIdentity(
        ClusterId.of(HexFormat.of().parseHex(words[1])),
        HistoryId.of(HexFormat.of().parseHex(words[2])));
  }

  private static void line(StringBuilder text, Object... words) {
    for (int i = 0; i < words.length; i++) {
      text.append(i == 0 ? "" : " ").append(words[i]);
    }
    text.append('\n');
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private static BootstrapRefused damaged(String path, @Nullable Exception cause) {
    String line =
        path
            + " is damaged: keep the directory for analysis, start with an empty one and let the"
            + " new node take this one's place with `registryctl member replace`";
    return cause == null
        ? new BootstrapRefused(Reason.IDENTITY_DAMAGED, line)
        : new BootstrapRefused(Reason.IDENTITY_DAMAGED, line, cause);
  }
}
