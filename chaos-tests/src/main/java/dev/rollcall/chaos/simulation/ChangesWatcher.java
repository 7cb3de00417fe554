package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.check.ToldChange;
import dev.rollcall.chaos.check.WatchedScope;
import dev.rollcall.chaos.simulation.Observation.ChangesTold;
import dev.rollcall.chaos.simulation.Observation.LogTooShort;
import dev.rollcall.chaos.simulation.Observation.NothingTold;
import dev.rollcall.store.Change;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.watch.ChangesCursor;
import dev.rollcall.store.watch.ChangesEvent;
import dev.rollcall.store.watch.WatchHub;
import dev.rollcall.store.watch.WatchedChange;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One who wants every change, from the first on. */
final class ChangesWatcher extends SimWatcher {
  private @Nullable ChangesCursor cursor;

  /** Everything up to it was told. */
  private long after;

  ChangesWatcher(SimCluster cluster, RandomGenerator random, int number, WatchedScope scope) {
    super(cluster, random, number, scope);
  }

  @Override
  long reached() {
    return after;
  }

  /** Some do not wait: where a node is behind, the watch begins in its future. */
  @Override
  long minRevision() {
    return random().nextBoolean() ? after : 0;
  }

  @Override
  void begin(WatchHub hub, Runnable wakeUp) {
    if (hub.published() < after) {
      hit(Mark.WATCH_AHEAD);
    }
    cursor = hub.watchChanges(storeScope(), filter(), true, after + 1, wakeUp);
  }

  @Override
  void end() {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }

  @Override
  void readLog() {
    hit(Mark.WATCH_LEFT_BEHIND);
    Objects.requireNonNull(cursor).readLog();
  }

  @Override
  Taken take() {
    return switch (Objects.requireNonNull(cursor).next()) {
      case ChangesEvent.Changed(var revision) -> {
        var told = revision.changes().stream().map(ChangesWatcher::told).toList();
        see(new ChangesTold(number(), scope(), after, revision.revision(), told));
        if (told.stream().anyMatch(each -> each.cause().equals(ToldChange.FILTERED))) {
          hit(Mark.WATCH_FILTERED);
        }
        after = revision.revision();
        yield Taken.MESSAGE;
      }
      case ChangesEvent.Idle(long reached) -> {
        if (reached > after) {
          see(new NothingTold(number(), scope(), after, reached));
          after = reached;
        }
        yield Taken.NOTHING;
      }
      case ChangesEvent.NeedsLog needsLog -> Taken.NEEDS_LOG;
      case ChangesEvent.Lost(long compactRevision) -> {
        see(new LogTooShort(number(), after, compactRevision));
        after = compactRevision - 1;
        hit(Mark.WATCH_LOG_TOO_SHORT);
        yield Taken.LOST;
      }
    };
  }

  private static ToldChange told(WatchedChange watched) {
    return switch (watched.change()) {
      case Change.Upserted(RegisteredInstance now, var before) ->
          watched.hasLeft()
              ? new ToldChange(now.instance().key(), Optional.empty(), before, ToldChange.FILTERED)
              : new ToldChange(now.instance().key(), Optional.of(now), before, "");
      case Change.Removed removed ->
          new ToldChange(
              removed.key(),
              Optional.empty(),
              Optional.of(removed.previous()),
              removed.cause().name());
      case Change.SpecPut put ->
          new ToldChange(put.service(), Optional.of(put.spec()), put.previous(), "");
      case Change.SpecRemoved gone ->
          new ToldChange(
              gone.service(), Optional.empty(), Optional.of(gone.previous()), ToldChange.REMOVED);
      case Change.KeyPut put ->
          new ToldChange(put.key(), Optional.of(put.entry()), put.previous(), "");
      case Change.KeyDeleted gone ->
          new ToldChange(
              gone.key(), Optional.empty(), Optional.of(gone.previous()), gone.cause().name());
    };
  }
}
