package dev.rollcall.server.cluster;

import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.server.api.CallDeadline;
import dev.rollcall.server.api.Reply;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.cluster.Membership.Attempt;
import dev.rollcall.server.cluster.Membership.Attempt.Again;
import dev.rollcall.server.cluster.Membership.Attempt.Granted;
import dev.rollcall.server.forward.GrpcLeaderCalls;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.MembershipResponse;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The calls that change the members, from their arrival to their answer: carried out here when this
 * node leads, else by the leader, over one hop; repeated until the deadline while nothing was
 * changed. Since a request that was carried out is recognised, a hop that broke is repeated too.
 */
final class MembershipCalls {
  private final Membership membership;
  private final Optional<GrpcLeaderCalls> leader;
  private final Supplier<RaftStatus> raft;
  private final Supplier<MembershipResponse.Builder> answers;
  private final Clock clock;

  /**
   * Serves nothing yet.
   *
   * @param leader the hop; empty for the side that takes hops and never prolongs one
   * @param answers begins an answer of this node, with its header
   */
  MembershipCalls(
      Membership membership,
      Optional<GrpcLeaderCalls> leader,
      Supplier<RaftStatus> raft,
      Supplier<MembershipResponse.Builder> answers,
      Clock clock) {
    this.membership = membership;
    this.leader = leader;
    this.raft = raft;
    this.answers = answers;
    this.clock = clock;
  }

  /**
   * Answers a call; returns at once.
   *
   * @param method to be called on the leader with the same request
   */
  <Q> void serve(
      MembershipRequest wanted,
      MethodDescriptor<Q, MembershipResponse> method,
      Q request,
      Reply<MembershipResponse> reply) {
    long deadlineNanos = CallDeadline.nanos(clock);
    Thread.ofVirtual()
        .name("membership")
        .start(() -> reply.send(() -> carryOut(wanted, method, request, deadlineNanos)));
  }

  private <Q> MembershipResponse carryOut(
      MembershipRequest wanted,
      MethodDescriptor<Q, MembershipResponse> method,
      Q request,
      long deadlineNanos) {
    Optional<Member> before = about(wanted).flatMap(id -> raft.get().configuration().member(id));
    try {
      while (true) {
        Again again;
        if (membership.leads() || leader.isEmpty()) {
          Attempt attempt = membership.attempt(wanted, deadlineNanos);
          if (attempt instanceof Granted granted) {
            return answer(granted, before);
          }
          again = (Again) attempt;
        } else {
          try {
            Optional<MembershipResponse> answer = hop(method, request, deadlineNanos);
            if (answer.isPresent()) {
              return answer.get();
            }
            again = Membership.NOT_LEADING;
          } catch (StatusRuntimeException e) {
            again = orThrow(e);
          }
        }
        if (leader.isEmpty() || deadlineNanos - clock.nanoTime() <= Membership.PAUSE_NANOS) {
          throw StatusMapper.status(again.verdict(), again.message());
        }
        Membership.pause();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StatusMapper.status(ErrorReason.NOT_READY, "interrupted");
    }
  }

  private <Q> Optional<MembershipResponse> hop(
      MethodDescriptor<Q, MembershipResponse> method, Q request, long deadlineNanos) {
    Optional<NodeId> known = raft.get().leader();
    long waitNanos = deadlineNanos - clock.nanoTime();
    if (known.isEmpty() || waitNanos <= 0) {
      return Optional.empty();
    }
    return leader.flatMap(calls -> calls.ask(known.get(), method, request, waitNanos));
  }

  /** What another try may mend; the rest is the leader's answer, with all that it says. */
  private static Again orThrow(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED ->
          new Again(ErrorReason.OUTCOME_UNKNOWN, "the leader did not answer: " + e.getMessage());
      default -> throw e;
    };
  }

  private MembershipResponse answer(Granted granted, Optional<Member> before) {
    RaftStatus status = raft.get();
    var response = answers.get().setAlready(granted.already());
    Optional<Member> now = status.configuration().member(granted.member());
    now.or(() -> before)
        .ifPresentOrElse(
            member -> response.setMember(MemberCodec.encode(member, status)),
            () -> response.setMember(MemberCodec.unknown(granted.member())));
    return response.build();
  }

  private static Optional<NodeId> about(MembershipRequest wanted) {
    return switch (wanted) {
      case MembershipRequest.Remove(NodeId member) -> Optional.of(member);
      case MembershipRequest.Promote(NodeId member) -> Optional.of(member);
      case MembershipRequest.Add add -> Optional.empty();
      case MembershipRequest.Replace replace -> Optional.empty();
      case MembershipRequest.Lead lead -> Optional.empty();
    };
  }
}
