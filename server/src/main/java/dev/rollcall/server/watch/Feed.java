package dev.rollcall.server.watch;

import com.google.protobuf.ByteString;
import java.util.List;

/** What a cursor has, as messages without the watches that are told. Watch thread. */
interface Feed {
  /** What comes next. */
  sealed interface Piece {}

  /**
   * A message.
   *
   * @param slices the fields of a WatchResponse but watch_ids
   */
  record Message(List<ByteString> slices) implements Piece {}

  /**
   * Nothing until it is woken.
   *
   * @param reached everything up to this revision has been delivered
   */
  record Idle(long reached) implements Piece {}

  /** Nothing until it is woken, and what comes then is not new: it is being read. */
  record Busy() implements Piece {
    static final Busy NOW = new Busy();
  }

  /**
   * Nothing any more: the change log does not go back so far.
   *
   * @param compactRevision the lowest revision that a new watch may start from
   */
  record Lost(long compactRevision) implements Piece {}

  /** The next piece. */
  Piece next();

  /** The highest revision delivered so far. */
  long delivered();

  /** Takes the watches of another feed over, if it is as far. Returns whether it does. */
  boolean goesOnFor(Feed other);

  /** Lets go of the cursor. */
  void close();
}
