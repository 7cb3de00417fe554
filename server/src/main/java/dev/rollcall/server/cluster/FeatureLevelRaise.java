package dev.rollcall.server.cluster;

import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.cluster.Attempt.Done;
import dev.rollcall.server.forward.GrpcPeerCalls;
import dev.rollcall.server.replication.Failure;
import dev.rollcall.server.replication.Registry;
import dev.rollcall.server.replication.Result;
import dev.rollcall.store.Command;
import dev.rollcall.store.Features;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.StatusRequest;
import dev.rollcall.v1.StatusResponse;
import io.grpc.StatusRuntimeException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * Raises the feature level, on the leader: asks the software of every member how far it goes, and
 * proposes, in the term in which it asked. No member may be let in meanwhile. Blocks.
 */
final class FeatureLevelRaise {
  private static final Executor VIRTUAL =
      task -> Thread.ofVirtual().name("feature level").start(task);

  private final Registry registry;
  private final RegistryStore store;
  private final GrpcPeerCalls peers;
  private final Clock clock;

  FeatureLevelRaise(Registry registry, RegistryStore store, GrpcPeerCalls peers, Clock clock) {
    this.registry = registry;
    this.store = store;
    this.peers = peers;
    this.clock = clock;
  }

  /** The level that is agreed on, and whether it was before. */
  record Raised(int level, boolean already) {}

  /**
   * Tries once.
   *
   * @param wanted 0 for the highest that the software here knows
   * @throws StatusRuntimeException when a member does not know the level or does not say, when it
   *     would go down, or when its outcome was not heard in time
   */
  Attempt<Raised> attempt(int wanted, long deadlineNanos) throws InterruptedException {
    RaftStatus status = registry.node().status();
    if (status.role() != Role.LEADER) {
      return Attempt.notLeading();
    }
    int level =
        new Command.RaiseFeatureLevel(wanted == 0 ? store.features().supported() : wanted).level();
    // It only rises, so that an old answer is as good as a new one.
    if (level == store.status().featureLevel()) {
      return new Done<>(new Raised(level, true));
    }
    requireKnownByAll(status, level, deadlineNanos);
    return propose(status.term(), level, deadlineNanos);
  }

  private void requireKnownByAll(RaftStatus status, int level, long deadlineNanos)
      throws InterruptedException {
    // The other half is for the proposal, and to say in time who did not answer.
    long waitNanos = (deadlineNanos - clock.nanoTime()) / 2;
    Map<Member, CompletableFuture<Integer>> asked = new LinkedHashMap<>();
    for (Member member : status.configuration().members()) {
      asked.put(
          member,
          member.id().equals(status.self())
              ? CompletableFuture.completedFuture(store.features().supported())
              : CompletableFuture.supplyAsync(() -> ask(member, waitNanos), VIRTUAL));
    }
    for (Map.Entry<Member, CompletableFuture<Integer>> each : asked.entrySet()) {
      int known = answer(each.getKey(), each.getValue());
      if (known < level) {
        throw StatusMapper.status(
            ErrorReason.FEATURE_LEVEL_UNSUPPORTED,
            "member %s at %s knows feature levels up to %d, not %d: upgrade it first; nothing was"
                    .formatted(each.getKey().id(), each.getKey().peerAddress(), known, level)
                + " changed");
      }
    }
  }

  private int ask(Member member, long waitNanos) {
    int known =
        peers
            .ask(
                member.id(),
                ClusterGrpc.getStatusMethod(),
                StatusRequest.getDefaultInstance(),
                waitNanos)
            .map(StatusResponse::getFeatureLevelSupported)
            .orElseThrow(() -> new IllegalStateException("its address is not known"));
    // A version that knows nothing of levels knows the first.
    return Math.max(Features.FIRST_LEVEL, known);
  }

  private static int answer(Member member, CompletableFuture<Integer> asked)
      throws InterruptedException {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      throw StatusMapper.status(
          ErrorReason.MEMBER_UNREACHABLE,
          "member %s at %s does not say which feature levels it knows; nothing was changed: %s"
              .formatted(member.id(), member.peerAddress(), e.getCause()));
    }
  }

  private Attempt<Raised> propose(long term, int level, long deadlineNanos)
      throws InterruptedException {
    var answered = new CompletableFuture<Result<Outcome>>();
    registry.raiseFeatureLevel(term, level, deadlineNanos, answered::complete);
    try {
      return switch (answered.get()) {
        case Result.Done<Outcome>(Outcome.FeatureLevelRaised raised) ->
            new Done<>(new Raised(raised.level(), false));
        case Result.Done<Outcome>(Outcome refusal) -> throw StatusMapper.refused(refusal);
        case Result.Failed<Outcome> failed when failed.failure() == Failure.NO_QUORUM ->
            Attempt.notLeading();
        case Result.Failed<Outcome> failed -> throw StatusMapper.failed(failed);
      };
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
