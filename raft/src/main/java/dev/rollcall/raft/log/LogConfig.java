package dev.rollcall.raft.log;

/**
 * Numbers of the log.
 *
 * @param segmentBytes size of a segment file. Trade: rare rolls (two more forces each) against the
 *     tail that every start rewrites. Danger: far above a gigabyte a start takes long.
 * @param batchBytesMax a write with more bytes of entries is cut into several batches; an entry
 *     alone may be larger. Trade: a header of 96 bytes for each against what a reader must fetch
 *     and check for one entry.
 */
public record LogConfig(long segmentBytes, int batchBytesMax) {
  /** What a server runs with: segments of 64 MiB, batches of 1 MiB. */
  public static final LogConfig DEFAULT = new LogConfig(64L << 20, 1 << 20);

  private static final long SEGMENT_BYTES_MAX = 1L << 30;

  public LogConfig {
    if (segmentBytes < 1024 || segmentBytes > SEGMENT_BYTES_MAX || segmentBytes % 8 != 0) {
      throw new IllegalArgumentException(
          "segmentBytes must be a multiple of 8 from 1 KiB to 1 GiB: " + segmentBytes);
    }
    if (batchBytesMax < 1 || batchBytesMax > 64 << 20) {
      throw new IllegalArgumentException(
          "batchBytesMax must be from 1 byte to 64 MiB: " + batchBytesMax);
    }
  }
}
