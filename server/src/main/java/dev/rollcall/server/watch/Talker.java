package dev.rollcall.server.watch;

import org.jspecify.annotations.Nullable;

/** Something that has messages for its stream, one at a time. Watch thread. */
abstract class Talker {
  /** Whether it is in its stream's queue; the stream's. */
  boolean isDue;

  /** The next message, or null when there is none until it is woken. */
  abstract @Nullable WatchMessage next();

  /** Whether it has said its last. */
  abstract boolean isOver();
}
