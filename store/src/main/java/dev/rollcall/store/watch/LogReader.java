package dev.rollcall.store.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.store.ChangeLogVisitor;
import dev.rollcall.store.Compacted;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.RevisionChanges;
import dev.rollcall.store.watch.ChangedRevision.View;
import java.util.ArrayDeque;

/**
 * Reads a page of the change log for one cursor: so much that a stream which is not read holds
 * little, and so little of the log at a time that others get their turn.
 */
final class LogReader implements ChangeLogVisitor {
  /** What a page comes to, encoded, unless one revision alone is larger. */
  private static final int BYTES_MAX = 32 << 10;

  /** Revisions looked at in a page, whether or not they show anything. */
  private static final int REVISIONS_MAX = 10_000;

  private final WatchScope scope;
  private final View view;
  private final long until;
  private final ArrayDeque<ChangedRevision> found = new ArrayDeque<>();
  private long last;
  private long bytes;
  private int visited;

  private LogReader(WatchScope scope, View view, long from, long until) {
    this.scope = scope;
    this.view = view;
    this.until = until;
    last = from - 1;
  }

  /**
   * What a view shows of the revisions from one to another, or of the first of them.
   *
   * @param until a revision that the registry has shown
   */
  static ChangesCursor.LogPage read(
      RegistryStore store, WatchScope scope, View view, long from, long until) {
    var reader = new LogReader(scope, view, from, until);
    try {
      store.changes(from, reader);
    } catch (Compacted e) {
      return new ChangesCursor.LogPage(new ArrayDeque<>(), 0, e.compactRevision());
    }
    return new ChangesCursor.LogPage(reader.found, reader.last, 0);
  }

  @Override
  public boolean visit(RevisionChanges changes) {
    if (changes.revision() > until) {
      return false;
    }
    last = changes.revision();
    visited++;
    var wanted = changes.changes().stream().filter(scope::has).toList();
    ChangedRevision.of(last, changes.wallMillis(), wanted, view).ifPresent(this::add);
    return last < until && bytes < BYTES_MAX && visited < REVISIONS_MAX;
  }

  private void add(ChangedRevision revision) {
    found.add(revision);
    // Here, and not on the thread that sends.
    for (ByteString part : revision.encoded()) {
      bytes += part.size();
    }
  }
}
