package dev.rollcall.raft.log;

import java.util.List;

/**
 * The durable log at one moment, for readers. Immutable; published by a volatile write after each
 * force, so that everything it refers to has been written before.
 */
record LogView(
    long firstIndex,
    long lastIndex,
    TermRuns terms,
    BatchTable.View batches,
    List<Segment> segments) {

  static LogView of(LogState state, List<Segment> segments) {
    return new LogView(
        state.firstIndex(), state.lastIndex(), state.terms(), state.batches(), segments);
  }

  /** Last index that the batch holds; what it has beyond is superseded. */
  long lastIndexOf(int batch) {
    return batch + 1 < batches.end() ? batches.firstIndex(batch + 1) - 1 : lastIndex;
  }

  Segment segmentOf(int batch) {
    long id = Locations.segmentId(batches.location(batch));
    return segments.get((int) (id - segments.getFirst().id()));
  }
}
