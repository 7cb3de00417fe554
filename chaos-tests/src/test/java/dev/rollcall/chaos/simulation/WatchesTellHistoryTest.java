package dev.rollcall.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.chaos.check.ToldChange;
import dev.rollcall.chaos.check.WatchedScope;
import dev.rollcall.chaos.simulation.Observation.ChangesTold;
import dev.rollcall.chaos.simulation.Observation.Happened;
import dev.rollcall.chaos.simulation.Observation.LogTooShort;
import dev.rollcall.chaos.simulation.Observation.NothingTold;
import dev.rollcall.chaos.simulation.Observation.StateShown;
import dev.rollcall.store.Change;
import dev.rollcall.store.RevisionChanges;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What watchers may be told, and each thing that they may not. */
class WatchesTellHistoryTest {
  private static final ServiceKey SERVICE = new ServiceKey("space", "orders");
  private static final WatchedScope ALL = scope(OptionalInt.empty());

  /** Weights 100 and 102 fit, 101 does not. */
  private static final WatchedScope EVEN = scope(OptionalInt.of(1));

  private static final RegisteredInstance FIRST = instance("a", 100, 1);
  private static final RegisteredInstance SECOND = instance("a", 101, 2);
  private static final RegisteredInstance OTHER = instance("b", 102, 2);

  private final WatchesTellHistory watches = new WatchesTellHistory();

  /** 1: a comes. 2: a gets another weight, and b comes. 3: a goes. */
  WatchesTellHistoryTest() {
    happened(1, new Change.Upserted(FIRST, Optional.empty()));
    happened(
        2,
        new Change.Upserted(SECOND, Optional.of(FIRST)),
        new Change.Upserted(OTHER, Optional.empty()));
    happened(3, new Change.Removed(SECOND, Change.Cause.DEREGISTERED));
  }

  @Test
  void whatHappenedMayBeTold() {
    takes(told(ALL, 0, 1, came(FIRST)));
    takes(told(ALL, 1, 2, changed(SECOND, FIRST), came(OTHER)));
    takes(told(ALL, 2, 3, went(SECOND)));
    takes(new NothingTold(0, ALL, 3, 3));
    takes(new LogTooShort(0, 0, 2));
    takes(shown(0, 2, SECOND, OTHER));
  }

  @Test
  void throughAFilterWhoLeavesItIsGoneAndWhoNeverFittedIsNotNamed() {
    takes(told(EVEN, 1, 2, left(FIRST), came(OTHER)));
    takes(new NothingTold(0, EVEN, 2, 3));
    refuses(told(EVEN, 1, 2, came(OTHER)));
    refuses(told(EVEN, 1, 2, changed(SECOND, FIRST), came(OTHER)));
    refuses(told(EVEN, 2, 3, went(SECOND)));
  }

  @Test
  void aRevisionThatWasSkippedIsRefused() {
    refuses(told(ALL, 1, 3, went(SECOND)));
    refuses(new NothingTold(0, ALL, 1, 3));
  }

  @Test
  void aRevisionThatIsToldTwiceIsRefused() {
    refuses(told(ALL, 2, 2, changed(SECOND, FIRST), came(OTHER)));
  }

  @Test
  void halfARevisionIsRefused() {
    refuses(told(ALL, 1, 2, came(OTHER)));
  }

  @Test
  void anotherOrderIsRefused() {
    refuses(told(ALL, 1, 2, came(OTHER), changed(SECOND, FIRST)));
  }

  @Test
  void anotherValueBeforeIsRefused() {
    refuses(told(ALL, 1, 2, changed(SECOND, OTHER), came(OTHER)));
    refuses(told(ALL, 1, 2, came(SECOND), came(OTHER)));
  }

  @Test
  void aRevisionThatHasNotHappenedIsRefused() {
    refuses(new NothingTold(0, ALL, 3, 4));
    refuses(told(ALL, 3, 4, came(OTHER)));
  }

  @Test
  void whoIsToldThatTheLogIsTooShortThoughItIsNotIsRefused() {
    refuses(new LogTooShort(0, 1, 2));
  }

  @Test
  void aStateThatWasNotIsRefused() {
    refuses(shown(0, 2, FIRST, OTHER));
    refuses(shown(0, 3, SECOND, OTHER));
  }

  @Test
  void aStateThatGoesBackIsRefused() {
    refuses(shown(3, 2, SECOND, OTHER));
  }

  private void takes(Observation observation) {
    assertThatCode(() -> watches.observe(observation)).doesNotThrowAnyException();
  }

  private void refuses(Observation observation) {
    assertThatExceptionOfType(Invariant.Broken.class)
        .isThrownBy(() -> watches.observe(observation))
        .matches(broken -> broken.invariant().equals("WatchesTellHistory"));
  }

  private void happened(long revision, Change... changes) {
    watches.observe(
        new Happened(new RevisionChanges(revision, revision, List.of(changes), Map.of())));
  }

  private static WatchedScope scope(OptionalInt bandWidth) {
    return new WatchedScope("space", "Orders", WatchedScope.Kind.SERVICE, bandWidth);
  }

  private static ChangesTold told(
      WatchedScope scope, long after, long revision, ToldChange... changes) {
    return new ChangesTold(0, scope, after, revision, List.of(changes));
  }

  private static StateShown shown(long before, long revision, RegisteredInstance... instances) {
    var shown = new TreeMap<InstanceKey, RegisteredInstance>();
    for (var instance : instances) {
      shown.put(instance.instance().key(), instance);
    }
    return new StateShown(0, ALL, SERVICE, before, revision, shown);
  }

  private static ToldChange came(RegisteredInstance now) {
    return new ToldChange(now.instance().key(), Optional.of(now), Optional.empty(), "");
  }

  private static ToldChange changed(RegisteredInstance now, RegisteredInstance before) {
    return new ToldChange(now.instance().key(), Optional.of(now), Optional.of(before), "");
  }

  private static ToldChange went(RegisteredInstance before) {
    return new ToldChange(
        before.instance().key(), Optional.empty(), Optional.of(before), "DEREGISTERED");
  }

  private static ToldChange left(RegisteredInstance before) {
    return new ToldChange(
        before.instance().key(), Optional.empty(), Optional.of(before), ToldChange.FILTERED);
  }

  private static RegisteredInstance instance(String id, int weight, long revision) {
    var content =
        new Instance(
            new InstanceKey(SERVICE, id),
            1,
            List.of(new Endpoint("http", "http", "10.0.0.1", 80, false)),
            new Locality("", "", ""),
            weight,
            "",
            List.of(),
            new TreeMap<>(),
            Status.UP);
    return new RegisteredInstance(content, 1, 1, revision);
  }
}
