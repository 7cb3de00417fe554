package dev.rollcall.server.cluster;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.server.api.Headers;
import dev.rollcall.server.api.Reply;
import dev.rollcall.server.config.Version;
import dev.rollcall.store.StoreStatus;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.Member;
import dev.rollcall.v1.MembersRequest;
import dev.rollcall.v1.MembersResponse;
import dev.rollcall.v1.Role;
import dev.rollcall.v1.StatusRequest;
import dev.rollcall.v1.StatusResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The gRPC service {@code rollcall.v1.Cluster}. */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
  private final Supplier<RaftStatus> raft;
  private final Supplier<StoreStatus> store;
  private final Clock clock;
  private final Headers headers;

  /** Over two views that are read anew for each answer. */
  public ClusterService(
      Supplier<RaftStatus> raft, Supplier<StoreStatus> store, Clock clock, Headers headers) {
    this.raft = raft;
    this.store = store;
    this.clock = clock;
    this.headers = headers;
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    Reply.to(observer).send(this::status);
  }

  @Override
  public void members(MembersRequest request, StreamObserver<MembersResponse> observer) {
    Reply.to(observer).send(this::members);
  }

  private StatusResponse status() {
    RaftStatus node = raft.get();
    StoreStatus state = store.get();
    return StatusResponse.newBuilder()
        .setHeader(headers.at(state.revision()))
        .setRole(role(node))
        .setTerm(node.term())
        .setLeaderId(node.leader().map(Headers::bytes).orElse(ByteString.EMPTY))
        .setCommitIndex(node.commitIndex())
        .setAppliedIndex(state.lastApplied())
        .setLastIndex(node.lastIndex())
        .setStateDigest(ByteString.copyFrom(state.digest().toBytes()))
        .setInstances(state.instances())
        .setLeases(state.leases())
        .setLagMillis(lagMillis(node))
        .setVersion(Version.current())
        .build();
  }

  private MembersResponse members() {
    RaftStatus node = raft.get();
    var response = MembersResponse.newBuilder().setHeader(headers.at(store.get().revision()));
    for (dev.rollcall.raft.core.Member member : node.configuration().members()) {
      NodeId id = member.id();
      response.addMembers(
          Member.newBuilder()
              .setNodeId(Headers.bytes(id))
              .setPeerAddress(member.peerAddress())
              .setClientAddress(member.clientAddress())
              .setVoter(node.configuration().isVoter(id))
              .setLeader(node.leader().filter(id::equals).isPresent()));
    }
    return response.build();
  }

  private static Role role(RaftStatus node) {
    if (!node.configuration().isVoter(node.self())) {
      return Role.ROLE_LEARNER;
    }
    return switch (node.role()) {
      case FOLLOWER -> Role.ROLE_FOLLOWER;
      case PRE_CANDIDATE -> Role.ROLE_PRE_CANDIDATE;
      case CANDIDATE -> Role.ROLE_CANDIDATE;
      case LEADER -> Role.ROLE_LEADER;
    };
  }

  private long lagMillis(RaftStatus node) {
    if (node.role() == dev.rollcall.raft.core.Role.LEADER) {
      return 0;
    }
    return node.leaderContactNanos().isPresent()
        ? Math.max(
            0,
            TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - node.leaderContactNanos().getAsLong()))
        : Long.MAX_VALUE;
  }
}
