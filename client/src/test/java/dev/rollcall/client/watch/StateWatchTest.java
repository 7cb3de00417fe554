package dev.rollcall.client.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceSpec;
import dev.rollcall.client.fake.VirtualLoop;
import dev.rollcall.client.transport.Backoff;
import dev.rollcall.client.watch.Watch.Verdict;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.RemoveCause;
import dev.rollcall.v1.RemovedInstance;
import dev.rollcall.v1.ResponseHeader;
import dev.rollcall.v1.WatchCanceled;
import dev.rollcall.v1.WatchCreated;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchDeltas;
import dev.rollcall.v1.WatchFreshness;
import dev.rollcall.v1.WatchProgress;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StateWatchTest {
  private static final ByteString HISTORY = ByteString.copyFromUtf8("0123456789abcdef");
  private static final ByteString OTHER_HISTORY = ByteString.copyFromUtf8("fedcba9876543210");

  private final List<String> told = new ArrayList<>();
  private final Teller teller = new Teller();
  private final StateWatch watch =
      new StateWatch(
          new ServiceParts("default", "orders", "zone == z1", teller),
          teller,
          Backoff.waiting(new VirtualLoop(1), Duration.ofMillis(1), Duration.ofMillis(1)));

  private final class Teller implements WatchListener {
    private Optional<ServiceSpec> spec = Optional.empty();

    @Override
    public void specified(Optional<ServiceSpec> now) {
      if (!now.equals(spec)) {
        spec = now;
        told.add("spec " + now.map(ServiceSpec::floor).orElse(0));
      }
    }

    @Override
    public void replaced(long revision, List<ServiceInstance> instances) {
      told.add("=" + revision + ids(instances));
    }

    @Override
    public void changed(long revision, List<ServiceInstance> upserts, List<String> removedIds) {
      told.add("+" + revision + ids(upserts) + removedIds);
    }

    @Override
    public void progressed(long revision) {
      told.add("to " + revision);
    }

    @Override
    public void historyChanged() {
      told.add("history");
    }

    @Override
    public void fresh() {
      told.add("fresh");
    }

    @Override
    public void stale(String cause) {
      told.add("stale");
    }

    private List<String> ids(List<ServiceInstance> instances) {
      return instances.stream().map(ServiceInstance::id).toList();
    }
  }

  private static Instance instance(String id) {
    return Instance.newBuilder()
        .setService("orders")
        .setInstanceId(id)
        .setIncarnation(1)
        .addEndpoints(Endpoint.newBuilder().setHost("h").setPort(1))
        .build();
  }

  private Verdict receive(WatchResponse.Builder response) {
    return watch.receive(response.addWatchIds(watch.watchId()).build(), 0);
  }

  private Verdict created(ByteString history, long revision) {
    return created(history, revision, false);
  }

  private void createdByStaleNode(ByteString history, long revision) {
    created(history, revision, true);
  }

  private Verdict created(ByteString history, long revision, boolean stale) {
    ResponseHeader.Builder header =
        ResponseHeader.newBuilder().setHistoryId(history).setRevision(revision);
    return receive(
        WatchResponse.newBuilder()
            .setCreated(WatchCreated.newBuilder().setHeader(header).setStale(stale)));
  }

  private Verdict snapshot(long revision, boolean last, String... ids) {
    WatchSnapshot.Builder part = WatchSnapshot.newBuilder().setRevision(revision).setLast(last);
    for (String id : ids) {
      part.addInstances(instance(id));
    }
    return receive(WatchResponse.newBuilder().setSnapshot(part));
  }

  private Verdict delta(long previous, long revision, boolean more, String upsert, String remove) {
    WatchDelta.Builder part =
        WatchDelta.newBuilder()
            .setPreviousRevision(previous)
            .setRevision(revision)
            .setMore(more)
            .addUpserts(instance(upsert))
            .addRemoves(RemovedInstance.newBuilder().setInstanceId(remove));
    return receive(WatchResponse.newBuilder().setDeltas(WatchDeltas.newBuilder().addDeltas(part)));
  }

  private Verdict receive(WatchDelta.Builder delta) {
    return receive(WatchResponse.newBuilder().setDeltas(WatchDeltas.newBuilder().addDeltas(delta)));
  }

  private static WatchDelta.Builder specDelta(long previous, long revision) {
    return WatchDelta.newBuilder().setPreviousRevision(previous).setRevision(revision);
  }

  private static dev.rollcall.v1.ServiceSpec spec(int floor) {
    return dev.rollcall.v1.ServiceSpec.newBuilder().setService("orders").setFloor(floor).build();
  }

  private Verdict freshness(boolean stale) {
    return receive(
        WatchResponse.newBuilder().setFreshness(WatchFreshness.newBuilder().setStale(stale)));
  }

  private Verdict progress(long revision) {
    return receive(
        WatchResponse.newBuilder().setProgress(WatchProgress.newBuilder().setRevision(revision)));
  }

  private Verdict canceled(ErrorReason reason) {
    return receive(
        WatchResponse.newBuilder().setCanceled(WatchCanceled.newBuilder().setReason(reason)));
  }

  private void follow() {
    CreateWatch request = watch.create(1, 0);
    assertThat(request.getMinRevision()).isZero();
    assertThat(request.getHistoryId()).isEmpty();
    assertThat(request.getFilter()).isEqualTo("zone == z1");
    created(HISTORY, 10);
    snapshot(10, true, "a");
    told.clear();
  }

  @Test
  void partsAreToldTogether() {
    watch.create(1, 0);
    assertThat(created(HISTORY, 10)).isEqualTo(Verdict.GO_ON);
    assertThat(snapshot(10, false, "a", "b")).isEqualTo(Verdict.GO_ON);
    assertThat(told).isEmpty();
    assertThat(snapshot(10, true, "c")).isEqualTo(Verdict.GO_ON);
    assertThat(delta(10, 12, true, "d", "a")).isEqualTo(Verdict.GO_ON);
    assertThat(delta(10, 12, false, "e", "b")).isEqualTo(Verdict.GO_ON);
    assertThat(told).containsExactly("=10[a, b, c]", "fresh", "+12[d, e][a, b]");
  }

  @Test
  void theSpecIsToldBeforeTheRevisionThatMadeItSo() {
    watch.create(1, 0);
    created(HISTORY, 10);
    snapshot(10, false, "a");
    receive(
        WatchResponse.newBuilder()
            .setSnapshot(
                WatchSnapshot.newBuilder().setRevision(10).setLast(true).setSpec(spec(3))));
    assertThat(told).containsExactly("spec 3", "=10[a]", "fresh");
    told.clear();

    delta(10, 11, false, "b", "x");
    receive(specDelta(11, 12).setMore(true).setSpec(spec(4)));
    assertThat(told).containsExactly("+11[b][x]");
    receive(specDelta(11, 12));
    receive(specDelta(12, 13).setSpecRemoved(true));
    assertThat(told).containsExactly("+11[b][x]", "spec 4", "+12[][]", "spec 0", "+13[][]");
    told.clear();

    receive(specDelta(14, 15).setSpec(spec(5)));
    assertThat(told).containsExactly("stale");
  }

  @Test
  void aSnapshotWithoutASpecTakesItBack() {
    follow();
    receive(specDelta(10, 11).setSpec(spec(3)));
    snapshot(12, true, "a");
    assertThat(told).containsExactly("spec 3", "+11[][]", "spec 0", "=12[a]");
  }

  @Test
  void aDeltaThatDoesNotFollowIsNotTold() {
    follow();
    assertThat(delta(11, 12, false, "b", "x")).isEqualTo(Verdict.CANCEL);
    assertThat(told).containsExactly("stale");
    assertThat(delta(10, 11, false, "late", "x")).isEqualTo(Verdict.GO_ON);
    assertThat(canceled(ErrorReason.ERROR_REASON_UNSPECIFIED)).isEqualTo(Verdict.CREATE);
    assertThat(told).containsExactly("stale");
  }

  @Test
  void aDeltaThatBeginsEarlierIsToldAndOneThatIsKnownIsNot() {
    follow();
    assertThat(delta(0, 12, false, "b", "x")).isEqualTo(Verdict.GO_ON);
    assertThat(delta(0, 12, true, "again", "x")).isEqualTo(Verdict.GO_ON);
    assertThat(delta(10, 11, false, "again", "x")).isEqualTo(Verdict.GO_ON);
    assertThat(delta(7, 13, false, "c", "x")).isEqualTo(Verdict.GO_ON);
    assertThat(told).containsExactly("+12[b][x]", "+13[c][x]");
  }

  @Test
  void deltasOfOneMessageAreToldOneAfterTheOther() {
    follow();
    WatchDeltas.Builder deltas = WatchDeltas.newBuilder();
    deltas.addDeltas(specDelta(10, 12).addUpserts(instance("b")));
    deltas.addDeltas(specDelta(12, 13).addRemoves(filtered("b")).setMore(true));
    deltas.addDeltas(specDelta(12, 13).addUpserts(instance("c")));
    deltas.addDeltas(specDelta(14, 15).addUpserts(instance("missed one")));
    deltas.addDeltas(specDelta(15, 16).addUpserts(instance("late")));

    assertThat(receive(WatchResponse.newBuilder().setDeltas(deltas))).isEqualTo(Verdict.CANCEL);
    assertThat(told).containsExactly("+12[b][]", "+13[c][b]", "stale");
  }

  private static RemovedInstance.Builder filtered(String id) {
    return RemovedInstance.newBuilder()
        .setInstanceId(id)
        .setCause(RemoveCause.REMOVE_CAUSE_FILTERED);
  }

  @Test
  void aDeltaInBetweenThePartsOfAnotherIsNotTold() {
    follow();
    delta(10, 12, true, "b", "x");
    assertThat(delta(10, 13, false, "c", "x")).isEqualTo(Verdict.CANCEL);
    assertThat(told).containsExactly("stale");
  }

  @Test
  void aSnapshotInBetweenThePartsOfADeltaIsNotTold() {
    follow();
    delta(10, 12, true, "b", "x");
    assertThat(snapshot(13, true, "c")).isEqualTo(Verdict.CANCEL);
  }

  @Test
  void aDeltaBeforeTheSnapshotIsNotTold() {
    watch.create(1, 0);
    created(HISTORY, 10);
    assertThat(delta(0, 5, false, "a", "b")).isEqualTo(Verdict.CANCEL);
    assertThat(told).isEmpty();
  }

  @Test
  void resumesFromTheHighestRevisionTheNodeVouchedFor() {
    follow();
    progress(17);
    progress(16);
    watch.disconnected("gone");
    CreateWatch request = watch.create(2, 0);
    assertThat(request.getMinRevision()).isEqualTo(17);
    assertThat(request.getHistoryId()).isEqualTo(HISTORY);
    assertThat(told).containsExactly("to 17", "stale");
  }

  @Test
  void leavesANodeThatIsBehind() {
    follow();
    progress(17);
    watch.create(2, 0);
    assertThat(created(HISTORY, 16)).isEqualTo(Verdict.LEAVE_NODE);
  }

  @Test
  void leavesANodeWhoseSnapshotIsOlder() {
    follow();
    watch.create(2, 0);
    created(HISTORY, 30);
    assertThat(snapshot(9, true, "z")).isEqualTo(Verdict.LEAVE_NODE);
    assertThat(told).containsExactly("stale");
  }

  @Test
  void believesANodeThatForgotAServiceThatIsGone() {
    follow();
    watch.disconnected("gone");
    watch.create(2, 0);
    created(HISTORY, 30);
    assertThat(snapshot(0, true)).isEqualTo(Verdict.GO_ON);
    assertThat(told).containsExactly("stale", "=0[]", "fresh");
  }

  @Test
  void anotherHistoryBeginsFromNothing() {
    follow();
    assertThat(canceled(ErrorReason.HISTORY_CHANGED)).isEqualTo(Verdict.CREATE);
    assertThat(watch.create(2, 0).getMinRevision()).isZero();
    created(OTHER_HISTORY, 3);
    snapshot(2, true, "z");
    assertThat(told).containsSubsequence("history", "=2[z]");
  }

  @Test
  void aNodeThatSaysItIsStaleIsBelieved() {
    follow();
    watch.disconnected("gone");
    watch.create(2, 0);
    createdByStaleNode(HISTORY, 30);
    snapshot(30, true, "a");
    freshness(false);
    freshness(true);
    // The second one says why: the connection stands again, and the node is alone.
    assertThat(told).containsExactly("stale", "stale", "=30[a]", "fresh", "stale");
  }

  @Test
  void aNodeThatCannotServeIsLeft() {
    follow();
    assertThat(canceled(ErrorReason.TOO_FAR_BEHIND)).isEqualTo(Verdict.LEAVE_NODE);
    watch.create(2, 0);
    assertThat(canceled(ErrorReason.INVALID_REQUEST)).isEqualTo(Verdict.CREATE);
  }

  @Test
  void anInstanceThatCannotBeReadBreaksTheWatchAndNothingElse() {
    watch.create(1, 0);
    created(HISTORY, 10);
    WatchSnapshot.Builder unreadable =
        WatchSnapshot.newBuilder()
            .setRevision(10)
            .setLast(true)
            .addInstances(Instance.newBuilder());
    assertThat(receive(WatchResponse.newBuilder().setSnapshot(unreadable)))
        .isEqualTo(Verdict.CANCEL);
    assertThat(watch.trouble()).contains("cannot read");
  }
}
