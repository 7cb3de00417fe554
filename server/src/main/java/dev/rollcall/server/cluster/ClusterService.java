package dev.rollcall.server.cluster;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.raft.transport.GrpcIntroducer;
import dev.rollcall.server.api.Headers;
import dev.rollcall.server.api.Reply;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.backup.SnapshotStreams;
import dev.rollcall.server.config.HostPort;
import dev.rollcall.server.config.Version;
import dev.rollcall.server.forward.GrpcPeerCalls;
import dev.rollcall.server.replication.Registry;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.StoreStatus;
import dev.rollcall.v1.AddMemberRequest;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.MembersRequest;
import dev.rollcall.v1.MembersResponse;
import dev.rollcall.v1.MembershipResponse;
import dev.rollcall.v1.PromoteMemberRequest;
import dev.rollcall.v1.RaiseFeatureLevelRequest;
import dev.rollcall.v1.RaiseFeatureLevelResponse;
import dev.rollcall.v1.RemoveMemberRequest;
import dev.rollcall.v1.ReplaceMemberRequest;
import dev.rollcall.v1.ResponseHeader;
import dev.rollcall.v1.Role;
import dev.rollcall.v1.SaveSnapshotRequest;
import dev.rollcall.v1.SaveSnapshotResponse;
import dev.rollcall.v1.StatusRequest;
import dev.rollcall.v1.StatusResponse;
import dev.rollcall.v1.TransferLeadershipRequest;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import java.util.function.Supplier;

/** The gRPC service {@code rollcall.v1.Cluster}. */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
  private final Parts parts;
  private final Membership membership;
  private final FeatureLevelRaise featureLevels;
  private final OnLeader leader;

  /**
   * What the service is made from.
   *
   * @param registry takes the changes
   * @param peers carries calls to other members
   * @param channels opens a new connection to a peer address; closed here
   * @param introduction of this node to one that is to be let in
   * @param lettingIn held by who asks nodes and then proposes by what they said: that they know the
   *     feature level which is agreed on, or to be
   * @param snapshots sends them
   */
  public record Parts(
      Registry registry,
      RegistryStore store,
      Clock clock,
      Headers headers,
      GrpcPeerCalls peers,
      Function<String, ManagedChannel> channels,
      Supplier<Introduction> introduction,
      Lock lettingIn,
      SnapshotStreams snapshots) {}

  private ClusterService(Parts parts, Optional<GrpcPeerCalls> hop) {
    this.parts = parts;
    membership =
        new Membership(
            parts.registry().node(),
            () -> new GrpcIntroducer(parts.channels()),
            parts.introduction(),
            () -> parts.store().status().featureLevel(),
            parts.clock());
    featureLevels =
        new FeatureLevelRaise(parts.registry(), parts.store(), parts.peers(), parts.clock());
    leader = new OnLeader(hop, parts.registry().node()::status, parts.clock());
  }

  /** For clients: what another node must do, that node is asked to. */
  public static ClusterService forClients(Parts parts) {
    return new ClusterService(parts, Optional.of(parts.peers()));
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
        change(
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
        change(
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
        change(
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
        change(
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
      change(
          new MembershipRequest.Lead(to),
          ClusterGrpc.getTransferLeadershipMethod(),
          request,
          reply);
    });
  }

  @Override
  public void raiseFeatureLevel(
      RaiseFeatureLevelRequest request, StreamObserver<RaiseFeatureLevelResponse> observer) {
    var reply = Reply.to(observer);
    OnLeader.Work<RaiseFeatureLevelResponse> work =
        deadlineNanos ->
            featureLevels
                .attempt(request.getLevel(), deadlineNanos)
                .map(raised ->
                    RaiseFeatureLevelResponse.newBuilder()
                        .setHeader(header())
                        .setLevel(raised.level())
                        .setAlready(raised.already())
                        .build());
    reply.guard(() ->
        leader.serve(
            work.under(parts.lettingIn(), parts.clock()),
            ClusterGrpc.getRaiseFeatureLevelMethod(),
            request,
            reply));
  }

  @Override
  public void saveSnapshot(
      SaveSnapshotRequest request, StreamObserver<SaveSnapshotResponse> observer) {
    parts.snapshots().open((ServerCallStreamObserver<SaveSnapshotResponse>) observer);
  }

  private <Q> void change(
      MembershipRequest wanted,
      MethodDescriptor<Q, MembershipResponse> method,
      Q request,
      Reply<MembershipResponse> reply) {
    Optional<Member> before = about(wanted).flatMap(id -> raft().configuration().member(id));
    OnLeader.Work<MembershipResponse> work =
        deadlineNanos ->
            membership.attempt(wanted, deadlineNanos).map(granted -> answer(granted, before));
    boolean letsIn =
        wanted instanceof MembershipRequest.Add || wanted instanceof MembershipRequest.Replace;
    leader.serve(
        letsIn ? work.under(parts.lettingIn(), parts.clock()) : work, method, request, reply);
  }

  private MembershipResponse answer(Membership.Granted granted, Optional<Member> before) {
    RaftStatus status = raft();
    var response =
        MembershipResponse.newBuilder().setHeader(header()).setAlready(granted.already());
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

  private RaftStatus raft() {
    return parts.registry().node().status();
  }

  private ResponseHeader header() {
    return parts.headers().at(parts.store().status().revision());
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
    RaftStatus node = raft();
    StoreStatus state = parts.store().status();
    return StatusResponse.newBuilder()
        .setHeader(parts.headers().at(state.revision()))
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
        .setFeatureLevel(state.featureLevel())
        .setFeatureLevelSupported(parts.store().features().supported())
        .build();
  }

  private MembersResponse members() {
    RaftStatus node = raft();
    var response = MembersResponse.newBuilder().setHeader(header());
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
            TimeUnit.NANOSECONDS.toMillis(
                parts.clock().nanoTime() - node.leaderContactNanos().getAsLong()))
        : Long.MAX_VALUE;
  }
}
