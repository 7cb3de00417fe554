package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Failure.NOT_READY;
import static dev.rollcall.server.replication.Failure.NO_QUORUM;
import static dev.rollcall.server.replication.Failure.TOO_FAR_BEHIND;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.ReadListener;
import dev.rollcall.server.replication.Result.Done;
import dev.rollcall.server.replication.Result.Failed;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Says when the state of this node may be read. A read never enters the log: the default one learns
 * the leader's commit index from a quorum round that began after it arrived, and waits until that
 * is applied here (Raft §8; thesis §6.4). Any thread.
 */
final class LinearizableReader {
  private static final Failed<ReadPoint> UNCONFIRMED =
      new Failed<>(
          NO_QUORUM,
          "no quorum confirmed the read within its deadline; a read that asks for min_revision,"
              + " max_lag or any needs none");

  private final RaftNode<Outcome> node;
  private final RegistryStore store;
  private final OpenRequests requests;
  private final Retries retries;
  private final RevisionWaits revisions;
  private final Clock clock;

  LinearizableReader(
      RaftNode<Outcome> node,
      RegistryStore store,
      OpenRequests requests,
      Retries retries,
      RevisionWaits revisions,
      Clock clock) {
    this.node = node;
    this.store = store;
    this.requests = requests;
    this.retries = retries;
    this.revisions = revisions;
    this.clock = clock;
  }

  /** See {@link Registry#read}. */
  void read(Consistency level, long deadlineNanos, Consumer<Result<ReadPoint>> done) {
    if (!(level instanceof Consistency.Linearizable) && !node.replayed().isDone()) {
      done.accept(new Failed<>(NOT_READY, "this node is starting: it is replaying its log"));
      return;
    }
    switch (level) {
      case Consistency.Linearizable linearizable ->
          readTogether(List.of(new LinearizableRead(deadlineNanos, done)), Runnable::run);
      case Consistency.MinRevision(long revision) -> awaitRevision(revision, deadlineNanos, done);
      case Consistency.MaxLag(long millis) -> requireLag(millis, deadlineNanos, done);
      case Consistency.Any any -> done.accept(new Done<>(present()));
    }
  }

  /** See {@link Registry#readTogether}. */
  void readTogether(List<LinearizableRead> reads, Executor answers) {
    var admitted = new ArrayList<Pending<ReadPoint>>(reads.size());
    for (LinearizableRead read : reads) {
      requests.admit(0, read.deadlineNanos(), UNCONFIRMED, read.done()).ifPresent(admitted::add);
    }
    if (!admitted.isEmpty()) {
      confirm(admitted, answers);
    }
  }

  private void confirm(List<Pending<ReadPoint>> together, Executor answers) {
    node.read(
        new ReadListener() {
          @Override
          public void ready() {
            answers.execute(() -> {
              ReadPoint point = confirmed();
              together.forEach(pending -> pending.done(point));
            });
          }

          @Override
          public void failed() {
            together.forEach(
                pending -> retries.later(pending, () -> confirm(List.of(pending), answers)));
          }
        });
  }

  private void awaitRevision(long revision, long deadlineNanos, Consumer<Result<ReadPoint>> done) {
    if (store.status().revision() >= revision) {
      done.accept(new Done<>(present()));
      return;
    }
    var behind =
        new Failed<ReadPoint>(
            TOO_FAR_BEHIND,
            "this node did not reach revision " + revision + " within the read's deadline");
    requests
        .admit(0, deadlineNanos, behind, done)
        .ifPresent(pending -> revisions.await(revision, pending, () -> pending.done(present())));
  }

  /** An idle node hears rarely how fresh it is, so one that looks too old asks once. */
  private void requireLag(long millis, long deadlineNanos, Consumer<Result<ReadPoint>> done) {
    var point = present();
    if (point.lagMillis() <= millis) {
      done.accept(new Done<>(point));
      return;
    }
    var behind = new Failed<ReadPoint>(TOO_FAR_BEHIND, tooOld(point, millis));
    requests
        .admit(0, deadlineNanos, behind, done)
        .ifPresent(pending ->
            node.read(
                new ReadListener() {
                  @Override
                  public void ready() {
                    pending.done(confirmed());
                  }

                  @Override
                  public void failed() {
                    pending.fail(behind);
                  }
                }));
  }

  private static String tooOld(ReadPoint point, long millis) {
    return point.lagMillis() == ReadPoint.LAG_UNKNOWN_MILLIS
        ? "this node has not heard from a leader since it started; " + millis + " ms asked for"
        : "this node was " + point.lagMillis() + " ms behind; " + millis + " ms asked for";
  }

  private ReadPoint confirmed() {
    return new ReadPoint(store.status().revision(), 0);
  }

  /** What is here now. The lag first: the state read after it is no older than it says. */
  private ReadPoint present() {
    long lagMillis = lagMillis();
    return new ReadPoint(store.status().revision(), lagMillis);
  }

  private long lagMillis() {
    OptionalLong contactNanos = node.status().leaderContactNanos();
    return contactNanos.isPresent()
        ? Math.ceilDiv(Math.max(0, clock.nanoTime() - contactNanos.getAsLong()), 1_000_000)
        : ReadPoint.LAG_UNKNOWN_MILLIS;
  }
}
