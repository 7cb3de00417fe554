package dev.rollcall.client;

import com.google.protobuf.ByteString;
import dev.rollcall.client.transport.UnaryCall;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.v1.AddMemberRequest;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.MembershipResponse;
import dev.rollcall.v1.PromoteMemberRequest;
import dev.rollcall.v1.RemoveMemberRequest;
import dev.rollcall.v1.ReplaceMemberRequest;
import dev.rollcall.v1.TransferLeadershipRequest;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Changes who belongs to the cluster; an operator's tool. Got from {@link
 * RegistryClient#membership}. Every method blocks, for the call timeout at most, and returns once
 * the change is committed; repeating it is safe. Node ids are 32 hexadecimal digits.
 */
public final class Membership {
  private final Function<UnaryCall<?, MembershipResponse>, MembershipResponse> ask;
  private final Duration timeout;

  Membership(Function<UnaryCall<?, MembershipResponse>, MembershipResponse> ask, Duration timeout) {
    this.ask = ask;
    this.timeout = timeout;
  }

  /**
   * Lets in a node that waits to be. It is a learner on return, and gets its vote by itself once it
   * has caught up.
   *
   * @param peerAddress host:port where its peers reach it
   */
  public MemberChanged add(String peerAddress) {
    return change(
        ClusterGrpc.getAddMemberMethod(),
        AddMemberRequest.newBuilder().setPeerAddress(peerAddress).build());
  }

  /**
   * Lets in a node that waits to be, in the place of another. It is a learner on return; once it
   * has caught up it gets its vote and the other loses its place, in one step.
   */
  public MemberChanged replace(String oldNodeId, String peerAddress) {
    return change(
        ClusterGrpc.getReplaceMemberMethod(),
        ReplaceMemberRequest.newBuilder()
            .setOldNodeId(WireCodec.bytes(oldNodeId))
            .setPeerAddress(peerAddress)
            .build());
  }

  /** Takes a member out, for good. */
  public MemberChanged remove(String nodeId) {
    return change(
        ClusterGrpc.getRemoveMemberMethod(),
        RemoveMemberRequest.newBuilder().setNodeId(WireCodec.bytes(nodeId)).build());
  }

  /** Gives a learner its vote. */
  public MemberChanged promote(String nodeId) {
    return change(
        ClusterGrpc.getPromoteMemberMethod(),
        PromoteMemberRequest.newBuilder().setNodeId(WireCodec.bytes(nodeId)).build());
  }

  /**
   * Has another voter lead.
   *
   * @param nodeId empty for the one that has caught up best
   */
  public MemberChanged transferLeadership(Optional<String> nodeId) {
    return change(
        ClusterGrpc.getTransferLeadershipMethod(),
        TransferLeadershipRequest.newBuilder()
            .setNodeId(nodeId.map(WireCodec::bytes).orElse(ByteString.EMPTY))
            .build());
  }

  private <Q> MemberChanged change(MethodDescriptor<Q, MembershipResponse> method, Q request) {
    MembershipResponse answer =
        ask.apply(UnaryCall.write(method, request, MembershipResponse::getHeader, timeout));
    return new MemberChanged(WireCodec.decode(answer.getMember()), answer.getAlready());
  }
}
