package dev.rollcall.client.watch;

import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchSnapshot;

/**
 * What a STATE watch is about: collects what the parts of a snapshot or of a revision say, and
 * tells its listener when all of them are there.
 */
interface StateParts {
  /** Says what is watched. */
  void describe(CreateWatch.Builder request);

  /** Collects a part. */
  void add(WatchSnapshot part);

  /** Collects a part. */
  void add(WatchDelta part);

  /** Whether nothing is there, as far as the parts collected say. */
  boolean isNothing();

  /** Tells what was collected as the whole state, and forgets it. */
  void tellReplaced(long revision);

  /** Tells what was collected as the changes of a revision, and forgets it. */
  void tellChanged(long revision);

  /** Forgets what was collected. */
  void drop();
}
