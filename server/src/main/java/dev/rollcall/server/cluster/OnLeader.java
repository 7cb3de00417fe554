package dev.rollcall.server.cluster;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.server.api.CallDeadline;
import dev.rollcall.server.api.Reply;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.cluster.Attempt.Again;
import dev.rollcall.server.cluster.Attempt.Done;
import dev.rollcall.server.forward.GrpcPeerCalls;
import dev.rollcall.v1.ErrorReason;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/**
 * The calls that change the cluster, from their arrival to their answer: carried out here when this
 * node leads, else by the leader, over one hop; repeated until the deadline while nothing was
 * changed. Since a request that was carried out is recognised, a hop that broke is repeated too.
 * Each has a virtual thread of its own, which may block: there are few.
 */
final class OnLeader {
  static final long PAUSE_NANOS = 50_000_000;

  private final Optional<GrpcPeerCalls> peers;
  private final Supplier<RaftStatus> raft;
  private final Clock clock;

  /**
   * Serves nothing yet.
   *
   * @param peers the hop; empty for the side that takes hops and never prolongs one
   */
  OnLeader(Optional<GrpcPeerCalls> peers, Supplier<RaftStatus> raft, Clock clock) {
    this.peers = peers;
    this.raft = raft;
    this.clock = clock;
  }

  /** What is to be done on the leader. */
  @FunctionalInterface
  interface Work<A> {
    /**
     * Tries once, and waits for what it has begun.
     *
     * @throws StatusRuntimeException when it cannot be, or its outcome was not heard in time
     */
    Attempt<A> attempt(long deadlineNanos) throws InterruptedException;

    /** The same, while nobody else holds the lock. */
    default Work<A> under(Lock lock, Clock clock) {
      return deadlineNanos -> {
        if (!lock.tryLock(deadlineNanos - clock.nanoTime(), TimeUnit.NANOSECONDS)) {
          return new Again<>(
              ErrorReason.CHANGE_UNDER_WAY, "another change is under way; nothing was changed");
        }
        try {
          return attempt(deadlineNanos);
        } finally {
          lock.unlock();
        }
      };
    }
  }

  /**
   * Answers a call; returns at once.
   *
   * @param method to be called on the leader with the same request
   */
  <Q, A> void serve(Work<A> work, MethodDescriptor<Q, A> method, Q request, Reply<A> reply) {
    long deadlineNanos = CallDeadline.nanos(clock);
    Thread.ofVirtual()
        .name("cluster change")
        .start(() -> reply.send(() -> carryOut(work, method, request, deadlineNanos)));
  }

  /** Lets a moment pass before the next try. */
  static void pause() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS);
  }

  private <Q, A> A carryOut(
      Work<A> work, MethodDescriptor<Q, A> method, Q request, long deadlineNanos) {
    try {
      while (true) {
        Attempt<A> attempt =
            raft.get().role() == Role.LEADER || peers.isEmpty()
                ? work.attempt(deadlineNanos)
                : hop(method, request, deadlineNanos);
        switch (attempt) {
          case Done<A>(A answer) -> {
            return answer;
          }
          case Again<A>(ErrorReason verdict, String message) -> {
            if (peers.isEmpty() || deadlineNanos - clock.nanoTime() <= PAUSE_NANOS) {
              throw StatusMapper.status(verdict, message);
            }
          }
        }
        pause();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StatusMapper.status(ErrorReason.NOT_READY, "interrupted");
    }
  }

  private <Q, A> Attempt<A> hop(MethodDescriptor<Q, A> method, Q request, long deadlineNanos) {
    Optional<NodeId> leader = raft.get().leader();
    long waitNanos = deadlineNanos - clock.nanoTime();
    if (leader.isEmpty() || waitNanos <= 0) {
      return Attempt.notLeading();
    }
    try {
      return peers
          .flatMap(calls -> calls.ask(leader.get(), method, request, waitNanos))
          .<Attempt<A>>map(Done::new)
          .orElseGet(Attempt::notLeading);
    } catch (StatusRuntimeException e) {
      return again(e);
    }
  }

  /** What another try may mend; the rest is the leader's answer, with all that it says. */
  private static <A> Again<A> again(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED ->
          new Again<>(ErrorReason.OUTCOME_UNKNOWN, "the leader did not answer: " + e.getMessage());
      default -> throw e;
    };
  }
}
