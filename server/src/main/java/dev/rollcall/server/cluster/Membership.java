package dev.rollcall.server.cluster;

import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.core.MemberChange;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.ProposalListener;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.raft.transport.GrpcIntroducer;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.cluster.Attempt.Again;
import dev.rollcall.server.cluster.Attempt.Done;
import dev.rollcall.server.cluster.MembershipStep.Already;
import dev.rollcall.server.cluster.MembershipStep.HandOver;
import dev.rollcall.server.cluster.MembershipStep.Propose;
import dev.rollcall.server.cluster.MembershipStep.Refuse;
import dev.rollcall.store.Outcome;
import dev.rollcall.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Carries out what an operator asks of the members, on the leader: asks who is there, proposes, and
 * waits until it is committed. Blocks.
 */
final class Membership {
  private final RaftNode<Outcome> node;
  private final Supplier<GrpcIntroducer> introducers;
  private final Supplier<Introduction> introduction;
  private final IntSupplier featureLevel;
  private final Clock clock;

  /** It is so, about this member; and whether it was before. */
  record Granted(NodeId member, boolean already) {}

  /**
   * Of one node, which may lead now and then.
   *
   * @param introducers makes one, which is closed here
   * @param introduction of this node
   * @param featureLevel that the cluster has agreed on
   */
  Membership(
      RaftNode<Outcome> node,
      Supplier<GrpcIntroducer> introducers,
      Supplier<Introduction> introduction,
      IntSupplier featureLevel,
      Clock clock) {
    this.node = node;
    this.introducers = introducers;
    this.introduction = introduction;
    this.featureLevel = featureLevel;
    this.clock = clock;
  }

  /**
   * Tries once, and waits for what it has begun.
   *
   * @throws StatusRuntimeException when it cannot be, or its outcome was not heard in time
   */
  Attempt<Granted> attempt(MembershipRequest wanted, long deadlineNanos)
      throws InterruptedException {
    RaftStatus status = node.status();
    if (status.role() != Role.LEADER) {
      return Attempt.notLeading();
    }
    var plan = new MembershipPlan(status.self(), status.configuration(), featureLevel.getAsInt());
    MembershipStep step =
        switch (wanted) {
          case MembershipRequest.Add(String address) -> plan.bringIn(wanted, whoIsAt(address));
          case MembershipRequest.Replace(NodeId old, String address) ->
              plan.bringIn(wanted, whoIsAt(address));
          case MembershipRequest.Remove remove -> plan.move(wanted);
          case MembershipRequest.Promote promote -> plan.move(wanted);
          case MembershipRequest.Lead lead -> plan.move(wanted);
        };
    return switch (step) {
      case Already(NodeId member) -> new Done<>(new Granted(member, true));
      case Refuse(ErrorReason reason, String message) -> throw StatusMapper.status(reason, message);
      case Propose(MemberChange change, NodeId member) ->
          propose(change, deadlineNanos)
              .<Attempt<Granted>>map(again -> again)
              .orElseGet(() -> new Done<>(new Granted(member, false)));
      case HandOver(Optional<NodeId> to) -> handOver(wanted, to, deadlineNanos);
    };
  }

  private Optional<Introduction> whoIsAt(String address) throws InterruptedException {
    try (GrpcIntroducer introducer = introducers.get()) {
      return Optional.of(introducer.introduce(address, introduction.get()).get());
    } catch (ExecutionException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw StatusMapper.status(ErrorReason.INVALID_REQUEST, "not a peer address: " + address);
    }
  }

  private Optional<Again<Granted>> propose(MemberChange change, long deadlineNanos)
      throws InterruptedException {
    var answer = new Answer();
    node.changeMembers(List.of(change), answer);
    try {
      return answer.committed.get(deadlineNanos - clock.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw StatusMapper.status(
          ErrorReason.OUTCOME_UNKNOWN,
          "the change was proposed and not committed in time; it may or may not take effect");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StatusRuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private Attempt<Granted> handOver(
      MembershipRequest wanted, Optional<NodeId> to, long deadlineNanos)
      throws InterruptedException {
    node.transferLeadership(to);
    while (deadlineNanos - clock.nanoTime() > 0) {
      OnLeader.pause();
      RaftStatus status = node.status();
      boolean isOver = status.role() != Role.LEADER && status.leader().isPresent();
      if (isOver && wanted instanceof MembershipRequest.Lead) {
        NodeId leader = status.leader().get();
        return to.isEmpty() || to.get().equals(leader)
            ? new Done<>(new Granted(leader, false))
            : Attempt.notLeading();
      }
      if (isOver) {
        return Attempt.notLeading();
      }
      if (status.role() == Role.LEADER) {
        // It does nothing while one is under way, and begins another when that came to nothing.
        node.transferLeadership(to);
      }
    }
    throw StatusMapper.status(
        ErrorReason.NO_QUORUM, "nobody took the leadership over within the deadline");
  }

  /** Empty once it is committed. */
  private static final class Answer implements ProposalListener<Outcome> {
    private final CompletableFuture<Optional<Again<Granted>>> committed = new CompletableFuture<>();

    @Override
    public void applied(long index, Outcome result) {
      committed.complete(Optional.empty());
    }

    @Override
    public void refused(RefusalReason reason, Optional<NodeId> leader) {
      switch (reason) {
        case NOT_LEADER, TERM_NOT_COMMITTED ->
            committed.complete(Optional.of(Attempt.notLeading()));
        case OVERLOADED ->
            committed.complete(
                Optional.of(
                    new Again<>(ErrorReason.OVERLOADED, "the leader has too much in flight")));
        case CHANGE_UNDER_WAY ->
            committed.complete(
                Optional.of(
                    new Again<>(
                        ErrorReason.CHANGE_UNDER_WAY,
                        "another change of the members is under way; nothing was changed")));
        case INVALID_CHANGE ->
            committed.completeExceptionally(
                StatusMapper.status(
                    ErrorReason.INVALID_CHANGE,
                    "the members as they are do not allow it (such as: the last voter cannot go)"));
      }
    }

    @Override
    public void lost() {
      committed.complete(Optional.of(Attempt.notLeading()));
    }
  }
}
