package dev.rollcall.raft.core;

import java.util.HexFormat;

/**
 * Identity of a node: 128 bits made with its data directory. An address is never an identity, and a
 * wiped directory makes another node (docs/architecture.md, decision 5).
 */
public record NodeId(long high, long low) implements Comparable<NodeId> {
  private static final HexFormat HEX = HexFormat.of();

  /**
   * Reads 32 hex digits.
   *
   * @throws IllegalArgumentException when the text is anything else
   */
  public static NodeId parse(String hex) {
    if (hex.length() != 32) {
      throw new IllegalArgumentException("a node id has 32 hex digits: " + hex);
    }
    return new NodeId(
        HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
  }

  @Override
  public int compareTo(NodeId other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  /** The first eight hex digits, enough for people and log lines. */
  public String brief() {
    return HEX.toHexDigits(high).substring(0, 8);
  }

  /** All 32 hex digits. */
  @Override
  public String toString() {
    return HEX.toHexDigits(high) + HEX.toHexDigits(low);
  }
}
