package dev.rollcall.server.cluster;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.raft.transport.GrpcIntroducer;
import dev.rollcall.server.api.Headers;
import dev.rollcall.server.api.Reply;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.config.HostPort;
import dev.rollcall.server.config.Version;
import dev.rollcall.server.forward.GrpcLeaderCalls;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.StoreStatus;
import dev.rollcall.v1.AddMemberRequest;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.MembersRequest;
import dev.rollcall.v1.MembersResponse;
import dev.rollcall.v1.MembershipResponse;
import dev.rollcall.v1.PromoteMemberRequest;
import dev.rollcall.v1.RemoveMemberRequest;
import dev.rollcall.v1.ReplaceMemberRequest;
import dev.rollcall.v1.Role;
import dev.rollcall.v1.StatusRequest;
import dev.rollcall.v1.StatusResponse;
import dev.rollcall.v1.TransferLeadershipRequest;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** The gRPC service {@code rollcall.v1.Cluster}. */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
  private final Supplier<RaftStatus> raft;
  private final Supplier<StoreStatus> store;
  private final Clock clock;
  private final Headers headers;
  private final MembershipCalls membership;

  /**
   * What the service is made from.
   *
   * @param node takes the changes
   * @param store read anew for each answer
   * @param channels opens a new connection to a peer address; closed here
   * @param introduction of this node to one that is to be let in
   */
  public record Parts(
      RaftNode<Outcome> node,
      Supplier<StoreStatus> store,
      Clock clock,
      Headers headers,
      Function<String, ManagedChannel> channels,
      Supplier<Introduction> introduction) {}

  private ClusterService(Parts parts, Optional<GrpcLeaderCalls> leader) {
    raft = parts.node()::status;
    store = parts.store();
    clock = parts.clock();
    headers = parts.headers();
    var here =
        new Membership(
            parts.node(),
            () -> new GrpcIntroducer(parts.channels()),
            parts.introduction(),
            parts.clock());
    membership =
        new MembershipCalls(
            here,
            leader,
            raft,
            () -> MembershipResponse.newBuilder().setHeader(headers.at(store.get().revision())),
            clock);
  }

  /**
   * For clients.
   *
   * @param leader carries what another node must do to that node
   */
  public static ClusterService forClients(Parts parts, GrpcLeaderCalls leader) {
    return new ClusterService(parts, Optional.of(leader));
  }

  /** For other members, on whose behalf this node acts when it leads, and refuses when not. */
  public static ClusterService forMembers(Parts parts) {
    return new ClusterService(parts, Optional.empty());
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    Reply.to(observer).send(this::status);
  }

  @Override
  public void members(MembersRequest request, StreamObserver<MembersResponse> observer) {
    Reply.to(observer).send(this::members);
  }

  @Override
  public void addMember(AddMemberRequest request, StreamObserver<MembershipResponse> observer) {
    var reply = Reply.to(observer);
    reply.guard(() ->
        membership.serve(
            new MembershipRequest.Add(address(request.getPeerAddress())),
            ClusterGrpc.getAddMemberMethod(),
            request,
            reply));
  }

  @Override
  public void replaceMember(
      ReplaceMemberRequest request, StreamObserver<MembershipResponse> observer) {
    var reply = Reply.to(observer);
    reply.guard(() ->
        membership.serve(
            new MembershipRequest.Replace(
                MemberCodec.nodeId(request.getOldNodeId()), address(request.getPeerAddress())),
            ClusterGrpc.getReplaceMemberMethod(),
            request,
            reply));
  }

  @Override
  public void removeMember(
      RemoveMemberRequest request, StreamObserver<MembershipResponse> observer) {
    var reply = Reply.to(observer);
    reply.guard(() ->
        membership.serve(
            new MembershipRequest.Remove(MemberCodec.nodeId(request.getNodeId())),
            ClusterGrpc.getRemoveMemberMethod(),
            request,
            reply));
  }

  @Override
  public void promoteMember(
      PromoteMemberRequest request, StreamObserver<MembershipResponse> observer) {
    var reply = Reply.to(observer);
    reply.guard(() ->
        membership.serve(
            new MembershipRequest.Promote(MemberCodec.nodeId(request.getNodeId())),
            ClusterGrpc.getPromoteMemberMethod(),
            request,
            reply));
  }

  @Override
  public void transferLeadership(
      TransferLeadershipRequest request, StreamObserver<MembershipResponse> observer) {
    var reply = Reply.to(observer);
    reply.guard(() -> {
      Optional<NodeId> to =
          request.getNodeId().isEmpty()
              ? Optional.empty()
              : Optional.of(MemberCodec.nodeId(request.getNodeId()));
      membership.serve(
          new MembershipRequest.Lead(to),
          ClusterGrpc.getTransferLeadershipMethod(),
          request,
          reply);
    });
  }

  private static String address(String text) {
    try {
      return HostPort.parse(text).toString();
    } catch (IllegalArgumentException e) {
      throw StatusMapper.status(
          ErrorReason.INVALID_REQUEST, "peer_address is not host:port: '" + text + "'");
    }
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
    for (Member member : node.configuration().members()) {
      response.addMembers(MemberCodec.encode(member, node));
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
