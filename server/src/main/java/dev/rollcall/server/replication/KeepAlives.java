package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Failure.NO_QUORUM;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.raft.driver.ReadListener;
import dev.rollcall.server.replication.ForwardAnswer.Decided;
import dev.rollcall.server.replication.ForwardAnswer.Refused;
import dev.rollcall.server.replication.ForwardAnswer.Renewed;
import dev.rollcall.server.replication.ForwardRequest.Ask;
import dev.rollcall.server.replication.Result.Failed;
import dev.rollcall.store.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Renewals of leases. On the leader: a read round that begins after the request arrived proves that
 * this node still leads, then the deadlines move ({@link LeaseExpirer}); many requests share a
 * round. On another node: what arrives between two ticks goes to the leader as one request, and the
 * answer is split. A renewal may be repeated at will. Any thread; one short lock, not held while
 * calling out.
 */
final class KeepAlives {
  /** Leases in one forwarded request; more begin another. */
  static final int FORWARDED_LEASES_MAX = 10_000;

  private static final Failed<List<Long>> UNCONFIRMED =
      new Failed<>(NO_QUORUM, "no leader with a quorum confirmed the leases within the deadline");

  private static final Failed<List<Long>> OVERLOADED =
      new Failed<>(Failure.OVERLOADED, "the leader has as many requests open as it takes");

  private final RaftNode<Outcome> node;
  private final LeaseExpirer expirer;
  private final OpenRequests requests;
  private final Retries retries;
  private final Forwarder forwarder;
  private final ReplicationLimits limits;
  // Guarded by this.
  private List<Request> gathered = new ArrayList<>();
  // Guarded by this.
  private int gatheredLeases;

  KeepAlives(
      RaftNode<Outcome> node,
      LeaseExpirer expirer,
      OpenRequests requests,
      Retries retries,
      Forwarder forwarder,
      ReplicationLimits limits) {
    this.node = node;
    this.expirer = expirer;
    this.requests = requests;
    this.retries = retries;
    this.forwarder = forwarder;
    this.limits = limits;
  }

  /** See {@link Registry#renew}. */
  void renew(List<Long> leaseIds, long deadlineNanos, Consumer<Result<List<Long>>> done) {
    admit(leaseIds, deadlineNanos, done, this::attempt);
  }

  /** A request that another node gathered: confirmed here or refused, never sent on. */
  void renewForwarded(List<Long> leaseIds, long deadlineNanos, Consumer<Result<List<Long>>> done) {
    admit(
        leaseIds,
        deadlineNanos,
        done,
        request -> {
          if (node.status().role() == Role.LEADER) {
            confirm(request, () -> request.pending.fail(UNCONFIRMED));
          } else {
            request.pending.fail(UNCONFIRMED);
          }
        });
  }

  /** Sends what was gathered. */
  void flush() {
    send(takeGathered());
  }

  private void admit(
      List<Long> leaseIds,
      long deadlineNanos,
      Consumer<Result<List<Long>>> done,
      Consumer<Request> admitted) {
    long[] ids = Longs.array(leaseIds);
    requests
        .admit(ids.length * Long.BYTES, deadlineNanos, UNCONFIRMED, done)
        .ifPresent(pending -> admitted.accept(new Request(ids, pending)));
  }

  private void attempt(Request request) {
    RaftStatus status = node.status();
    if (status.role() == Role.LEADER) {
      confirm(request, () -> retry(request));
    } else if (status.leader().isPresent()) {
      gather(request);
    } else {
      retry(request);
    }
  }

  private void retry(Request request) {
    retries.later(request.pending, () -> attempt(request));
  }

  private void confirm(Request request, Runnable unconfirmed) {
    node.read(
        new ReadListener() {
          @Override
          public void ready() {
            expirer.renew(request.leaseIds, answerTo(request, unconfirmed));
          }

          @Override
          public void failed() {
            unconfirmed.run();
          }
        });
  }

  private static LeaseRenewal.Listener answerTo(Request request, Runnable unconfirmed) {
    return new LeaseRenewal.Listener() {
      @Override
      public void renewed(List<Long> ttlMillis) {
        request.pending.done(ttlMillis);
      }

      @Override
      public void notLeading() {
        unconfirmed.run();
      }
    };
  }

  private void gather(Request request) {
    List<Request> full = List.of();
    synchronized (this) {
      int leases = request.leaseIds.length;
      if (gatheredLeases + leases > FORWARDED_LEASES_MAX) {
        full = takeGathered();
      }
      gathered.add(request);
      gatheredLeases += leases;
    }
    send(full);
  }

  private synchronized List<Request> takeGathered() {
    var taken = gathered;
    gathered = new ArrayList<>();
    gatheredLeases = 0;
    return taken;
  }

  private void send(List<Request> gatheredBefore) {
    var batch = gatheredBefore.stream().filter(request -> request.pending.isOpen()).toList();
    if (batch.isEmpty()) {
      return;
    }
    RaftStatus status = node.status();
    if (status.role() != Role.LEADER && status.leader().isPresent()) {
      forward(batch, status.leader().get());
    } else {
      batch.forEach(this::attempt);
    }
  }

  private void forward(List<Request> batch, NodeId leader) {
    int count = 0;
    long deadlineNanos = batch.getFirst().pending.deadlineNanos();
    for (Request request : batch) {
      count += request.leaseIds.length;
      long other = request.pending.deadlineNanos();
      deadlineNanos = other - deadlineNanos > 0 ? other : deadlineNanos;
    }
    var ids = new long[count];
    int from = 0;
    for (Request request : batch) {
      System.arraycopy(request.leaseIds, 0, ids, from, request.leaseIds.length);
      from += request.leaseIds.length;
    }
    forwarder.forward(
        leader,
        new Ask.Renew(new Longs(ids)),
        deadlineNanos,
        limits.patience().toNanos(),
        answer -> forwarded(batch, ids.length, answer));
  }

  private void forwarded(List<Request> batch, int leases, ForwardAnswer answer) {
    switch (answer) {
      case Renewed(var ttlMillis) -> {
        if (ttlMillis.size() == leases) {
          split(batch, ttlMillis);
        } else {
          batch.forEach(this::retry);
        }
      }
      case Decided decided -> batch.forEach(this::retry);
      case Refused(var reason) -> {
        switch (reason) {
          case OVERLOADED -> batch.forEach(request -> request.pending.fail(OVERLOADED));
          case NOT_LEADER, INDETERMINATE, DISK_LOW -> batch.forEach(this::retry);
        }
      }
    }
  }

  private static void split(List<Request> batch, List<Long> ttlMillis) {
    int from = 0;
    for (Request request : batch) {
      int to = from + request.leaseIds.length;
      request.pending.done(List.copyOf(ttlMillis.subList(from, to)));
      from = to;
    }
  }

  /** One request to renew; equal to itself alone. */
  private static final class Request {
    private final long[] leaseIds;
    private final Pending<List<Long>> pending;

    private Request(long[] leaseIds, Pending<List<Long>> pending) {
      this.leaseIds = leaseIds;
      this.pending = pending;
    }
  }
}
