package dev.rollcall.client;

import dev.rollcall.client.transport.UnaryCall;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.MembersRequest;
import dev.rollcall.v1.MembersResponse;
import dev.rollcall.v1.RaiseFeatureLevelRequest;
import dev.rollcall.v1.RaiseFeatureLevelResponse;
import dev.rollcall.v1.StatusRequest;
import dev.rollcall.v1.StatusResponse;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** What nodes are asked about themselves and each other. */
final class ClusterCalls {
  private final BlockingCalls asking;
  private final Duration timeout;

  ClusterCalls(BlockingCalls asking, Duration timeout) {
    this.asking = asking;
    this.timeout = timeout;
  }

  List<Member> members() {
    return decode(asking.ask(membersCall()));
  }

  List<Member> members(String address) {
    return decode(asking.ask(address, membersCall()));
  }

  private UnaryCall<MembersRequest, MembersResponse> membersCall() {
    return UnaryCall.read(
        ClusterGrpc.getMembersMethod(),
        MembersRequest.getDefaultInstance(),
        MembersResponse::getHeader,
        timeout);
  }

  private static List<Member> decode(MembersResponse answer) {
    return answer.getMembersList().stream().map(WireCodec::decode).toList();
  }

  FeatureLevelRaised raiseFeatureLevel(OptionalInt level) {
    RaiseFeatureLevelResponse answer =
        asking.ask(
            UnaryCall.write(
                ClusterGrpc.getRaiseFeatureLevelMethod(),
                RaiseFeatureLevelRequest.newBuilder().setLevel(level.orElse(0)).build(),
                RaiseFeatureLevelResponse::getHeader,
                timeout));
    return new FeatureLevelRaised(answer.getLevel(), answer.getAlready());
  }

  NodeStatus status(String address) {
    return WireCodec.decode(asking.ask(address, statusCall()));
  }

  UnaryCall<StatusRequest, StatusResponse> statusCall() {
    return UnaryCall.read(
        ClusterGrpc.getStatusMethod(),
        StatusRequest.getDefaultInstance(),
        StatusResponse::getHeader,
        timeout);
  }
}
