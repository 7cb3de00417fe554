package dev.rollcall.server.watch;

/**
 * How many watches there may be; one more is canceled with TOO_MANY_WATCHES.
 *
 * @param streamMax on one stream
 * @param connectionMax on all streams of one connection. Trade: what one faulty client can take of
 *     the memory that all share
 * @param nodeMax on all streams of a node: a watch that is alone takes some 1.5 KiB
 */
public record WatchLimits(int streamMax, int connectionMax, int nodeMax) {
  /** Those of a node. */
  public static final WatchLimits DEFAULT = new WatchLimits(10_000, 100_000, 1_000_000);

  public WatchLimits {
    if (streamMax < 1 || connectionMax < streamMax || nodeMax < connectionMax) {
      throw new IllegalArgumentException(
          "a node has connections, which have streams: %d, %d, %d"
              .formatted(nodeMax, connectionMax, streamMax));
    }
  }
}
