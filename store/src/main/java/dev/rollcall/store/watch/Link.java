package dev.rollcall.store.watch;

import dev.rollcall.store.Change;
import dev.rollcall.store.instance.ServiceKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one revision changed of a topic, and the way to what the next one did. Linked by the apply
 * thread, walked by all. What cursors make of it they leave here for each other, so that a change
 * is filtered and encoded once, by whoever comes first.
 */
final class Link {
  /**
   * How many different views leave here what they made. With more filters than that on one topic
   * some are asked again for each watcher, and memory stays bounded.
   */
  private static final int MEMOS_MAX = 16;

  private static final Memo[] NO_MEMOS = {};

  /** Of the changes; of a link without any, up to which all of the topic was linked before. */
  final long revision;

  final long wallMillis;
  final List<Change> changes;
  final List<ServiceKey> listed;
  final List<ServiceKey> unlisted;

  private final Map<ServiceKey, Long> previousRevisions;
  private final boolean hidesChanges;

  /** Null at the end; the link itself when it was cut off. */
  private volatile @Nullable Link next;

  // Replaced as a whole. A race loses what one of two made, which costs making it again.
  private volatile Memo[] memos = NO_MEMOS;

  /** What was made for a view. */
  private record Memo(Object view, Object made) {}

  private Link(
      long revision,
      long wallMillis,
      List<Change> changes,
      Map<ServiceKey, Long> previousRevisions,
      List<ServiceKey> listed,
      List<ServiceKey> unlisted,
      boolean hidesChanges) {
    this.revision = revision;
    this.wallMillis = wallMillis;
    this.changes = changes;
    this.previousRevisions = previousRevisions;
    this.listed = listed;
    this.unlisted = unlisted;
    this.hidesChanges = hidesChanges;
  }

  /** Changes of one revision. */
  static Link of(
      long revision,
      long wallMillis,
      List<Change> changes,
      Map<ServiceKey, Long> previousRevisions) {
    return new Link(revision, wallMillis, changes, previousRevisions, List.of(), List.of(), false);
  }

  /** Services that came to the list, or left it, up to a revision. */
  static Link ofNames(long revision, List<ServiceKey> listed, List<ServiceKey> unlisted) {
    return new Link(revision, 0, List.of(), Map.of(), listed, unlisted, false);
  }

  /** A place to stand, before what is linked next. */
  static Link place(long revision) {
    return new Link(revision, 0, List.of(), Map.of(), List.of(), List.of(), false);
  }

  /** Stands for changes up to a revision that are not known here. */
  static Link gap(long revision) {
    return new Link(revision, 0, List.of(), Map.of(), List.of(), List.of(), true);
  }

  /** Whether changes are not known that came before this, and after the link before. */
  boolean isGap() {
    return hidesChanges;
  }

  /** The revision of the service's change before this one; 0 when there was none. */
  long previousRevision(ServiceKey service) {
    return previousRevisions.getOrDefault(service, 0L);
  }

  /** What the ring counts. */
  int size() {
    return changes.size() + listed.size() + unlisted.size();
  }

  /** Null at the end; itself when what came after it has been let go. */
  @Nullable Link next() {
    return next;
  }

  /** Apply thread. */
  void append(Link link) {
    next = link;
  }

  /** Apply thread. A last link stays whole: who stands there has missed nothing. */
  void cutOff() {
    if (next != null) {
      next = this;
    }
  }

  /** What the view makes of this link, made by whoever asks first. */
  <V, T> T seenBy(V view, Function<? super V, T> make) {
    for (Memo memo : memos) {
      if (memo.view().equals(view)) {
        return cast(memo.made());
      }
    }
    T made = make.apply(view);
    var before = memos;
    if (before.length < MEMOS_MAX) {
      var after = Arrays.copyOf(before, before.length + 1);
      after[before.length] = new Memo(view, Objects.requireNonNull(made));
      memos = after;
    }
    return made;
  }

  // A view makes one type of thing only.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T> T cast(Object made) {
    return (T) made;
  }
}
