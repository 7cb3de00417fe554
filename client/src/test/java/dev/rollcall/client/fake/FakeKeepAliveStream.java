package dev.rollcall.client.fake;

import dev.rollcall.client.fake.FakeCluster.FakeLease;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.KeepAliveResponse;
import dev.rollcall.v1.LeaseRenewal;
import io.grpc.stub.StreamObserver;

/** A keepalive stream as a node sees it; answers in order, each once a quorum is there. */
public final class FakeKeepAliveStream implements StreamObserver<KeepAliveRequest> {
  private final FakeNode node;
  private final StreamObserver<KeepAliveResponse> out;
  private int requests;

  FakeKeepAliveStream(FakeNode node, StreamObserver<KeepAliveResponse> out) {
    this.node = node;
    this.out = out;
  }

  /** How many requests came. */
  public int requests() {
    return requests;
  }

  /** As when the node lost its leader. */
  public void breakOff() {
    node.keepAliveStreams().remove(this);
    out.onError(Refusals.of(ErrorReason.NO_QUORUM, "the leader is gone"));
  }

  @Override
  public void onNext(KeepAliveRequest request) {
    requests++;
    if (node.isSilent() || !node.cluster().hasQuorum()) {
      return; // a quorum would have to confirm first
    }
    KeepAliveResponse.Builder response = KeepAliveResponse.newBuilder().setHeader(node.header());
    int count = request.getLeaseIdsCount() - (node.isForgetful() ? 1 : 0);
    for (long id : request.getLeaseIdsList().subList(0, count)) {
      FakeLease lease = node.cluster().leases().get(id);
      LeaseRenewal.Builder renewal = LeaseRenewal.newBuilder().setLeaseId(id);
      if (lease != null) {
        lease.renewedAtNanos = node.loop().nanoTime();
        lease.renewals++;
        renewal.setAlive(true).setTtlMillis(lease.ttl.toMillis());
      }
      response.addRenewals(renewal);
    }
    out.onNext(response.build());
  }

  @Override
  public void onError(Throwable failure) {
    node.keepAliveStreams().remove(this);
  }

  @Override
  public void onCompleted() {
    node.keepAliveStreams().remove(this);
    out.onCompleted();
  }
}
