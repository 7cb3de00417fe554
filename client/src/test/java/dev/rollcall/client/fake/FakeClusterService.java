package dev.rollcall.client.fake;

import com.google.protobuf.ByteString;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.Member;
import dev.rollcall.v1.MembersRequest;
import dev.rollcall.v1.MembersResponse;
import dev.rollcall.v1.Role;
import dev.rollcall.v1.StatusRequest;
import dev.rollcall.v1.StatusResponse;
import io.grpc.stub.StreamObserver;

/** The service Cluster of a fake node; the first node that is up leads. */
final class FakeClusterService extends ClusterGrpc.ClusterImplBase {
  private final FakeNode node;

  FakeClusterService(FakeNode node) {
    this.node = node;
  }

  private FakeNode leader() {
    return node.cluster().nodes().stream().filter(FakeNode::isUp).findFirst().orElse(node);
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    FakeRegistration.answer(
        node,
        observer,
        () ->
            StatusResponse.newBuilder()
                .setHeader(node.header())
                .setRole(leader() == node ? Role.ROLE_LEADER : Role.ROLE_FOLLOWER)
                .setTerm(7)
                .setLeaderId(leader().nodeId())
                .setCommitIndex(node.appliedRevision())
                .setAppliedIndex(node.appliedRevision())
                .setLastIndex(node.appliedRevision())
                .setStateDigest(ByteString.copyFrom(new byte[32]))
                .setVersion("fake")
                .build());
  }

  @Override
  public void members(MembersRequest request, StreamObserver<MembersResponse> observer) {
    FakeRegistration.answer(
        node,
        observer,
        () -> {
          MembersResponse.Builder members = MembersResponse.newBuilder().setHeader(node.header());
          for (FakeNode member : node.cluster().nodes()) {
            members.addMembers(
                Member.newBuilder()
                    .setNodeId(member.nodeId())
                    .setPeerAddress(member.address().replace("7400", "7401"))
                    .setClientAddress(member.address())
                    .setVoter(true)
                    .setLeader(leader() == member));
          }
          return members.build();
        });
  }
}
