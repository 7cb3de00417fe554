package dev.rollcall.chaos.process;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.changes.ChangeFeed;
import dev.rollcall.client.changes.ChangeListener;
import dev.rollcall.client.changes.ChangeQuery;
import dev.rollcall.client.changes.RevisionChanges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that a feed has told, in order. Any thread. */
final class KeptChanges implements ChangeListener, AutoCloseable {
  // Both guarded by this.
  private final List<RevisionChanges> told = new ArrayList<>();
  private @Nullable RegistryException end;

  private @Nullable ChangeFeed feed;

  private KeptChanges() {}

  static KeptChanges of(RegistryClient client, ChangeQuery query) {
    var kept = new KeptChanges();
    kept.feed = client.changes(query, kept);
    return kept;
  }

  @Override
  public synchronized void changed(RevisionChanges changes) {
    told.add(changes);
    notifyAll();
  }

  @Override
  public synchronized void ended(RegistryException cause) {
    end = cause;
    notifyAll();
  }

  /** Waits until a revision was told that changed something; all up to it. */
  synchronized List<RevisionChanges> upTo(long revision, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (told.isEmpty() || told.getLast().revision() < revision) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0 || end != null) {
        throw new ChaosFailure(
            "a feed did not come to revision %d%s"
                .formatted(revision, end == null ? "" : ": " + end.getMessage()));
      }
      wait(left);
    }
    return told.stream().filter(changes -> changes.revision() <= revision).toList();
  }

  /** Where they part, in one line. */
  static String difference(List<RevisionChanges> told, List<RevisionChanges> expected) {
    int same = 0;
    while (same < Math.min(told.size(), expected.size())
        && told.get(same).equals(expected.get(same))) {
      same++;
    }
    return "%s where %s was"
        .formatted(
            same < told.size() ? told.get(same) : "nothing",
            same < expected.size() ? expected.get(same) : "nothing");
  }

  @Override
  public void close() {
    if (feed != null) {
      feed.close();
    }
  }
}
