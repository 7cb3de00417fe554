package dev.rollcall.client.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.changes.Change;
import dev.rollcall.client.changes.ChangeGap;
import dev.rollcall.client.changes.ChangeQuery;
import dev.rollcall.client.changes.RemoveCause;
import dev.rollcall.client.changes.RevisionChanges;
import dev.rollcall.client.fake.VirtualLoop;
import dev.rollcall.client.transport.Backoff;
import dev.rollcall.client.watch.Watch.Verdict;
import dev.rollcall.v1.ChangedRevision;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.DeletedKey;
import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.InstanceKey;
import dev.rollcall.v1.InstanceRemoval;
import dev.rollcall.v1.KeyValue;
import dev.rollcall.v1.ResponseHeader;
import dev.rollcall.v1.ServiceSpec;
import dev.rollcall.v1.WatchCanceled;
import dev.rollcall.v1.WatchChanges;
import dev.rollcall.v1.WatchCreated;
import dev.rollcall.v1.WatchProgress;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchScope;
import dev.rollcall.v1.WatchedChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangesWatchTest {
  private static final ByteString HISTORY = ByteString.copyFromUtf8("0123456789abcdef");
  private static final ByteString OTHER_HISTORY = ByteString.copyFromUtf8("fedcba9876543210");

  private final List<String> told = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private long lastWatchId;

  private final class Teller implements ChangesListener {
    @Override
    public void begun(long nextRevision, String historyId) {
      told.add("from " + nextRevision);
    }

    @Override
    public void changed(RevisionChanges revision, int bytes) {
      told.add(revision.revision() + ":" + revision.changes().size());
      changes.addAll(revision.changes());
    }

    @Override
    public void progressed(long revision) {
      told.add("to " + revision);
    }

    @Override
    public long appliedRevision() {
      return 0;
    }

    @Override
    public boolean isFull() {
      return true;
    }

    @Override
    public void fresh() {}

    @Override
    public void stale(String cause) {}

    @Override
    public void gap(ChangeGap gap) {
      told.add(gap.kind() + " " + gap.wantedRevision() + " " + gap.resumeRevision());
    }

    @Override
    public void refused(RegistryException cause) {
      told.add("refused " + cause.reason());
    }
  }

  private ChangesWatch watch(ChangeQuery query, ByteString history) {
    return new ChangesWatch(
        ChangeCodec.encode(query, "default").setHistoryId(history).build(),
        new Teller(),
        Backoff.waiting(new VirtualLoop(1), Duration.ofMillis(1), Duration.ofMillis(1)));
  }

  private CreateWatch create(ChangesWatch watch) {
    return watch.create(++lastWatchId, 0);
  }

  private static Verdict created(ChangesWatch watch, ByteString history, long start) {
    return watch.receive(
        WatchResponse.newBuilder()
            .setCreated(
                WatchCreated.newBuilder()
                    .setHeader(ResponseHeader.newBuilder().setHistoryId(history))
                    .setStartRevision(start))
            .build(),
        0);
  }

  private static Verdict revision(ChangesWatch watch, long revision, boolean more) {
    WatchedChange.Builder change =
        WatchedChange.newBuilder().setKeyPut(KeyValue.newBuilder().setKey("k" + revision));
    return receive(watch, revision, more, change);
  }

  private static Verdict receive(
      ChangesWatch watch, long revision, boolean more, WatchedChange.Builder change) {
    return watch.receive(
        WatchResponse.newBuilder()
            .setChanges(
                WatchChanges.newBuilder()
                    .addRevisions(
                        ChangedRevision.newBuilder()
                            .setRevision(revision)
                            .addChanges(change)
                            .setMore(more)))
            .build(),
        0);
  }

  private static Verdict progress(ChangesWatch watch, long revision) {
    return watch.receive(
        WatchResponse.newBuilder()
            .setProgress(WatchProgress.newBuilder().setRevision(revision))
            .build(),
        0);
  }

  private static Verdict canceled(ChangesWatch watch, ErrorReason reason, long compactRevision) {
    return watch.receive(
        WatchResponse.newBuilder()
            .setCanceled(
                WatchCanceled.newBuilder()
                    .setReason(reason)
                    .setCompactRevision(compactRevision)
                    .setHeader(
                        ResponseHeader.newBuilder().setHistoryId(OTHER_HISTORY).setRevision(50)))
            .build(),
        0);
  }

  @Test
  void aWatchFromNowOnResumesWhereTheNodeSaidThatItBegan() {
    ChangesWatch watch = watch(ChangeQuery.keys(""), ByteString.EMPTY);
    assertThat(create(watch).getStartRevision()).isZero();
    created(watch, HISTORY, 11);
    watch.disconnected("gone");
    CreateWatch again = create(watch);
    assertThat(again.getStartRevision()).isEqualTo(11);
    assertThat(again.getHistoryId()).isEqualTo(HISTORY);
    created(watch, HISTORY, 11);
    revision(watch, 13, false);
    progress(watch, 17);
    progress(watch, 12);
    watch.disconnected("gone");
    assertThat(create(watch).getStartRevision()).isEqualTo(18);
    assertThat(told).containsExactly("from 11", "from 11", "13:1", "to 17");
  }

  @Test
  void aStartWithoutAHistoryAsksForTheHistoryFirst() {
    ChangesWatch watch = watch(ChangeQuery.keys("").from(7), ByteString.EMPTY);
    CreateWatch first = create(watch);
    assertThat(first.getStartRevision()).isZero();
    assertThat(first.getHistoryId()).isEmpty();
    assertThat(created(watch, HISTORY, 20)).isEqualTo(Verdict.CANCEL);
    assertThat(revision(watch, 20, false)).isEqualTo(Verdict.GO_ON);
    assertThat(canceled(watch, ErrorReason.ERROR_REASON_UNSPECIFIED, 0)).isEqualTo(Verdict.CREATE);
    CreateWatch second = create(watch);
    assertThat(second.getStartRevision()).isEqualTo(7);
    assertThat(second.getHistoryId()).isEqualTo(HISTORY);
    created(watch, HISTORY, 7);
    assertThat(told).containsExactly("from 7");
  }

  @Test
  void partsAreToldTogetherAndWhatIsKnownIsNotToldAgain() {
    ChangesWatch watch = watch(ChangeQuery.keys("").from(7), HISTORY);
    create(watch);
    created(watch, HISTORY, 7);
    revision(watch, 7, true);
    assertThat(watch.isFull()).isFalse(); // the rest must come
    revision(watch, 7, true);
    assertThat(told).containsExactly("from 7");
    revision(watch, 7, false);
    assertThat(watch.isFull()).isTrue();
    revision(watch, 7, true);
    revision(watch, 6, false);
    revision(watch, 9, false);
    assertThat(told).containsExactly("from 7", "7:3", "9:1");
  }

  @Test
  void halfARevisionIsForgottenWithItsStreamAndAskedForAgain() {
    ChangesWatch watch = watch(ChangeQuery.keys("").from(7), HISTORY);
    create(watch);
    created(watch, HISTORY, 7);
    revision(watch, 7, true);
    watch.disconnected("gone");
    assertThat(create(watch).getStartRevision()).isEqualTo(7);
    created(watch, HISTORY, 7);
    revision(watch, 7, false);
    assertThat(told).containsExactly("from 7", "from 7", "7:1");
  }

  @Test
  void whatComesInBetweenThePartsOfARevisionBreaksTheWatch() {
    ChangesWatch watch = watch(ChangeQuery.keys("").from(7), HISTORY);
    create(watch);
    created(watch, HISTORY, 7);
    revision(watch, 7, true);
    assertThat(revision(watch, 8, false)).isEqualTo(Verdict.CANCEL);
    create(watch);
    created(watch, HISTORY, 7);
    revision(watch, 7, true);
    assertThat(progress(watch, 8)).isEqualTo(Verdict.CANCEL);
    create(watch);
    assertThat(revision(watch, 7, false)).isEqualTo(Verdict.CANCEL); // before it was created
    assertThat(told).containsExactly("from 7", "from 7");
  }

  @Test
  void anotherStartOrHistoryThanAskedForIsNotBelieved() {
    ChangesWatch watch = watch(ChangeQuery.keys("").from(7), HISTORY);
    create(watch);
    assertThat(created(watch, HISTORY, 8)).isEqualTo(Verdict.CANCEL);
    create(watch);
    assertThat(created(watch, OTHER_HISTORY, 7)).isEqualTo(Verdict.CANCEL);
    assertThat(told).isEmpty();
  }

  @Test
  void aWatchThatCannotGoOnIsOverAndSaysSo() {
    ChangesWatch compacted = watch(ChangeQuery.keys("").from(7), HISTORY);
    create(compacted);
    assertThat(canceled(compacted, ErrorReason.COMPACTED, 30)).isEqualTo(Verdict.END);
    ChangesWatch restored = watch(ChangeQuery.keys("").from(7), HISTORY);
    create(restored);
    assertThat(canceled(restored, ErrorReason.HISTORY_CHANGED, 0)).isEqualTo(Verdict.END);
    ChangesWatch wrong = watch(ChangeQuery.keys("").withFilter("x"), HISTORY);
    create(wrong);
    assertThat(canceled(wrong, ErrorReason.INVALID_REQUEST, 0)).isEqualTo(Verdict.END);
    assertThat(told)
        .containsExactly(
            "COMPACTED 7 30", "HISTORY_CHANGED 7 51", "refused " + Reason.INVALID_REQUEST);
    ChangesWatch elsewhere = watch(ChangeQuery.keys("").from(7), HISTORY);
    create(elsewhere);
    assertThat(canceled(elsewhere, ErrorReason.NOT_READY, 0)).isEqualTo(Verdict.LEAVE_NODE);
  }

  @Test
  void everyKindOfChangeIsReadWithWhatWasBefore() {
    ChangesWatch watch = watch(ChangeQuery.services("o").withPreviousValues().from(7), HISTORY);
    CreateWatch request = create(watch);
    assertThat(request.getScope()).isEqualTo(WatchScope.WATCH_SCOPE_SERVICES);
    assertThat(request.getService()).isEqualTo("o");
    assertThat(request.getPreviousValues()).isTrue();
    created(watch, HISTORY, 7);
    Instance instance =
        Instance.newBuilder()
            .setService("orders")
            .setInstanceId("a")
            .addEndpoints(Endpoint.newBuilder().setHost("h").setPort(1))
            .build();
    KeyValue entry = KeyValue.newBuilder().setKey("k").setModRevision(3).build();
    ServiceSpec spec = ServiceSpec.newBuilder().setService("orders").setFloor(2).build();
    receive(watch, 7, true, change().setUpsert(instance).setPreviousInstance(instance));
    receive(
        watch,
        7,
        true,
        change()
            .setRemoval(
                InstanceRemoval.newBuilder()
                    .setKey(InstanceKey.newBuilder().setService("orders").setInstanceId("a"))
                    .setCause(dev.rollcall.v1.RemoveCause.REMOVE_CAUSE_FILTERED))
            .setPreviousInstance(instance));
    receive(watch, 7, true, change().setSpecPut(spec));
    receive(watch, 7, true, change().setSpecRemoved(spec).setPreviousSpec(spec));
    receive(watch, 7, true, change().setKeyPut(entry).setPreviousKey(entry));
    receive(watch, 7, true, change()); // something a newer server says
    receive(watch, 7, false, change().setKeyDeleted(DeletedKey.newBuilder().setKey("k")));

    assertThat(told).containsExactly("from 7", "7:6");
    Change.InstancePut put = (Change.InstancePut) changes.get(0);
    assertThat(put.previous()).contains(put.instance());
    Change.InstanceRemoved removed = (Change.InstanceRemoved) changes.get(1);
    assertThat(removed.cause()).isEqualTo(RemoveCause.FILTERED);
    assertThat(removed.previous().orElseThrow().id()).isEqualTo("a");
    assertThat(((Change.SpecPut) changes.get(2)).previous()).isEmpty();
    assertThat(((Change.SpecRemoved) changes.get(3)).previous().orElseThrow().floor()).isEqualTo(2);
    assertThat(((Change.KeyPut) changes.get(4)).previous().orElseThrow().modRevision())
        .isEqualTo(3);
    assertThat(((Change.KeyDeleted) changes.get(5)).cause()).isEqualTo(RemoveCause.OTHER);
  }

  private static WatchedChange.Builder change() {
    return WatchedChange.newBuilder();
  }
}
