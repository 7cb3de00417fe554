package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.rollcall.chaos.simulation.Observation.Happened;
import dev.rollcall.chaos.simulation.Observation.KeysRead;
import dev.rollcall.chaos.simulation.Observation.KeysWritten;
import dev.rollcall.store.Change;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.RevisionChanges;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyPage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KeysFollowRevisionsTest {
  private static final KeyEntry FIRST = entry("a", 1, 1);
  private static final KeyEntry SECOND_VERSION = entry("a", 2, 2);
  private static final KeyEntry OTHER = entry("b", 3, 1);

  private final VirtualTime time = new VirtualTime();
  private final KeysFollowRevisions invariant = new KeysFollowRevisions(time);

  KeysFollowRevisionsTest() {
    happens(1, new Change.KeyPut(FIRST, Optional.empty()));
    happens(2, new Change.KeyPut(SECOND_VERSION, Optional.of(FIRST)));
    happens(3, new Change.KeyPut(OTHER, Optional.empty()));
  }

  @Test
  void whatWasSoIsAccepted() {
    accepts(new KeysRead(time.nowNanos(), true, "", page(3, SECOND_VERSION, OTHER)));
    accepts(new KeysRead(time.nowNanos(), true, "b", page(3, OTHER)));
    accepts(new KeysRead(time.nowNanos(), false, "", page(1, FIRST)));
    accepts(put(0, 2, SECOND_VERSION));
    // It was there when it was asked for.
    accepts(put(time.nowNanos(), 2, SECOND_VERSION));
    accepts(deleted(time.nowNanos(), 3, 0));
  }

  @Test
  void aFreshReadMayNotBeBehind() {
    refuses(new KeysRead(time.nowNanos(), true, "", page(2, SECOND_VERSION)));
  }

  @Test
  void aReadShowsOneRevision() {
    refuses(new KeysRead(0, false, "", page(3, FIRST, OTHER)));
    refuses(new KeysRead(0, false, "", page(3, SECOND_VERSION)));
    refuses(new KeysRead(0, false, "", page(2, SECOND_VERSION, OTHER)));
  }

  @Test
  void nobodyIsToldOfTheFuture() {
    refuses(new KeysRead(0, false, "", page(4, SECOND_VERSION, OTHER)));
    refuses(deleted(0, 4, 0));
  }

  @Test
  void aPutIsThere() {
    refuses(put(0, 1, SECOND_VERSION));
    refuses(put(time.nowNanos(), 1, FIRST));
  }

  @Test
  void aDeletionMakesARevisionAtWhichTheyGo() {
    refuses(deleted(0, 3, 1));
    happens(4, new Change.KeyDeleted(OTHER, Change.KeyCause.DELETED));
    accepts(deleted(0, 4, 1));
    refuses(deleted(0, 4, 2));
    refuses(deleted(time.nowNanos(), 4, 1));
  }

  @Test
  void aChangeSaysWhatWasThere() {
    assertThatExceptionOfType(Invariant.Broken.class)
        .isThrownBy(() -> happens(4, new Change.KeyPut(entry("a", 4, 2), Optional.of(FIRST))));
    assertThatExceptionOfType(Invariant.Broken.class)
        .isThrownBy(() -> happens(4, new Change.KeyDeleted(FIRST, Change.KeyCause.DELETED)));
  }

  private void happens(long revision, Change change) {
    time.after(SECOND, () -> {});
    time.runNext(Long.MAX_VALUE);
    invariant.observe(new Happened(new RevisionChanges(revision, 0, List.of(change), Map.of())));
    time.after(SECOND, () -> {});
    time.runNext(Long.MAX_VALUE);
  }

  private void accepts(Observation observation) {
    assertThatCode(() -> invariant.observe(observation)).doesNotThrowAnyException();
  }

  private void refuses(Observation observation) {
    assertThatExceptionOfType(Invariant.Broken.class)
        .isThrownBy(() -> invariant.observe(observation));
  }

  private static KeysWritten put(long startNanos, long revision, KeyEntry entry) {
    var command =
        new Command.PutKey(
            SimKeyholder.NAMESPACE, entry.key(), entry.value(), 0, OptionalLong.empty());
    return new KeysWritten(
        startNanos,
        Request.of(command),
        new Outcome.KeyPut(revision, entry.withoutValue(), Optional.empty()));
  }

  private static KeysWritten deleted(long startNanos, long revision, int keys) {
    var command = new Command.DeleteKeys(SimKeyholder.NAMESPACE, "b", true, OptionalLong.empty());
    return new KeysWritten(
        startNanos, Request.of(command), new Outcome.KeysDeleted(revision, keys));
  }

  private static KeyPage page(long revision, KeyEntry... entries) {
    return new KeyPage(revision, List.of(entries), false);
  }

  private static KeyEntry entry(String key, long modRevision, long version) {
    return new KeyEntry(
        SimKeyholder.NAMESPACE,
        key,
        ByteString.copyFromUtf8("v" + modRevision),
        modRevision - version + 1,
        modRevision,
        version,
        0);
  }
}
