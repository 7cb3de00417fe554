package dev.rollcall.raft.log;

/**
 * Where a batch is, in one long: id of the segment in the upper half, position in units of the
 * alignment in the lower.
 */
final class Locations {
  private Locations() {}

  static long of(long segmentId, long position) {
    return segmentId << Integer.SIZE | position / BatchHeaderCodec.ALIGNMENT;
  }

  static long segmentId(long location) {
    return location >>> Integer.SIZE;
  }

  static long position(long location) {
    return (location & 0xffff_ffffL) * BatchHeaderCodec.ALIGNMENT;
  }
}
