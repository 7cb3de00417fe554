package dev.rollcall.store.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.store.Change;
import dev.rollcall.store.filter.Filter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that one revision changed of what is watched, as all see it who watch it through the same
 * filter. Immutable; any thread. Encoded once, by whoever sends it first.
 */
public final class ChangedRevision {
  private final long revision;
  private final long wallMillis;
  private final List<WatchedChange> changes;
  private final boolean previousValues;

  // Made by whoever asks first; a race makes equals.
  private @Nullable List<ByteString> encoded;

  private ChangedRevision(
      long revision, long wallMillis, List<WatchedChange> changes, boolean previousValues) {
    this.revision = revision;
    this.wallMillis = wallMillis;
    this.changes = changes;
    this.previousValues = previousValues;
  }

  /** What the filter shows of a revision; empty when that is nothing. */
  static Optional<ChangedRevision> of(
      long revision, long wallMillis, List<Change> changes, View view) {
    var shown = WatchedChange.through(view.filter(), changes);
    return shown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ChangedRevision(revision, wallMillis, List.copyOf(shown), view.previousValues()));
  }

  /**
   * How changes are looked at.
   *
   * @param previousValues whether what was there before is told
   */
  record View(Filter filter, boolean previousValues) {}

  /** The revision. */
  public long revision() {
    return revision;
  }

  /** The cluster's wall clock then, in milliseconds since 1970. */
  public long wallMillis() {
    return wallMillis;
  }

  /** In the order in which the command made them; at least one. */
  public List<WatchedChange> changes() {
    return changes;
  }

  /**
   * As parts of at most {@link DeltaCodec#PART_BYTES_MAX}, unless one change alone is larger: each
   * a field of WatchChanges, all but the last of which say that more follows.
   */
  public List<ByteString> encoded() {
    var made = encoded;
    if (made == null) {
      made = ChangesCodec.encode(this, previousValues);
      encoded = made;
    }
    return made;
  }
}
