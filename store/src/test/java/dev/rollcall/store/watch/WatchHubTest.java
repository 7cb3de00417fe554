package dev.rollcall.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.Command;
import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.Instances;
import dev.rollcall.store.LogEntry;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WatchHubTest {
  private static final ServiceKey PAYMENTS = new ServiceKey("", "payments");
  private static final int RING = 4;

  private final RegistryStore store = RegistryStore.open(new MemoryOrderedStore());
  private final WatchHub hub = new WatchHub(RING, store);
  private final List<LogEntry> applied = new ArrayList<>();
  private int wakeUps;

  @BeforeEach
  void wakeAtOnce() {
    hub.onMarked(hub::wakeMarked);
  }

  @Test
  void beginsWithASnapshotThenIdles() {
    register("payments/i-1");
    var cursor = watch();

    assertThat(cursor.next())
        .isInstanceOfSatisfying(
            StateEvent.Snapshot.class,
            snapshot -> {
              assertThat(snapshot.revision()).isEqualTo(1);
              assertThat(snapshot.reset()).isFalse();
              assertThat(snapshot.instances())
                  .extracting(RegisteredInstance::id)
                  .containsExactly("i-1");
            });
    assertIdle(cursor);
  }

  @Test
  void beginsEmptyForAServiceNeverHeardOf() {
    var cursor = watch();

    assertSnapshot(cursor, 0, false);
    assertIdle(cursor);
    register("payments/i-1");
    assertDelta(cursor, 0, 1);
  }

  @Test
  void deliversEachRevisionOfTheServiceOnceInOrder() {
    var cursor = watch();
    assertSnapshot(cursor, 0, false);
    register("payments/i-1");
    register("orders/i-1");
    apply(new Command.ExpireLeases(List.of(1L, 2L)));

    assertDelta(cursor, 0, 1);
    assertThat(cursor.next())
        .isInstanceOfSatisfying(
            StateEvent.Delta.class,
            delta -> {
              assertThat(delta.previousRevision()).isEqualTo(1);
              assertThat(delta.revision()).isEqualTo(3);
              assertThat(delta.shared().upserts()).isEmpty();
              assertThat(delta.shared().removes())
                  .extracting(removed -> removed.previous().id())
                  .containsExactly("i-1");
            });
    assertIdle(cursor);
  }

  @Test
  void leavesOutWhatTheSnapshotContains() {
    var cursor = watch();
    register("payments/i-1");
    register("payments/i-2");

    assertSnapshot(cursor, 2, false);
    assertIdle(cursor);
    register("payments/i-3");
    assertDelta(cursor, 2, 3);
  }

  @Test
  void takesServicesForOneWithoutRegardToCase() {
    var cursor = hub.watchState(new ServiceKey("Default", "PAYMENTS"), () -> wakeUps++);
    assertSnapshot(cursor, 0, false);
    register("payments/i-1");

    assertDelta(cursor, 0, 1);
  }

  @Test
  void sharesADeltaAmongAllCursors() {
    var one = watch();
    var other = watch();
    one.next();
    other.next();
    register("payments/i-1");

    assertThat(((StateEvent.Delta) one.next()).shared())
        .isSameAs(((StateEvent.Delta) other.next()).shared());
  }

  @Test
  void wakesOnceUntilAskedAgain() {
    var cursor = watch();
    register("payments/i-1");
    assertThat(wakeUps).as("before it was told to wait").isZero();
    assertSnapshot(cursor, 1, false);
    assertIdle(cursor);
    register("payments/i-2");
    register("payments/i-3");

    assertThat(wakeUps).isEqualTo(1);
    assertDelta(cursor, 1, 2);
    register("payments/i-4");
    assertThat(wakeUps).as("while it is reading").isEqualTo(1);
    assertDelta(cursor, 2, 3);
    assertDelta(cursor, 3, 4);
    assertIdle(cursor);
    register("orders/i-1");
    assertThat(wakeUps).as("for another service").isEqualTo(1);
    register("payments/i-5");
    assertThat(wakeUps).isEqualTo(2);
  }

  @Test
  void bringsACursorThatFellBehindTheRingForwardByAMarkedSnapshot() {
    var cursor = watch();
    assertSnapshot(cursor, 0, false);
    for (int i = 1; i <= 3 * RING; i++) {
      register("payments/i-" + i);
    }
    // The link after its position was its own to take, however old; the one after that is gone.
    assertDelta(cursor, 0, 1);
    assertSnapshot(cursor, 3 * RING, true);
    assertIdle(cursor);
    register("payments/more");
    assertDelta(cursor, 3 * RING, 3 * RING + 1);
  }

  @Test
  void deliversEverythingThatTheRingStillHolds() {
    var cursor = watch();
    assertSnapshot(cursor, 0, false);
    for (int i = 1; i <= RING; i++) {
      register("payments/i-" + i);
    }
    for (int i = 1; i <= RING; i++) {
      assertDelta(cursor, i - 1, i);
    }
    assertIdle(cursor);
  }

  @Test
  void doesNotResetAQuietServiceBecauseOthersAreBusy() {
    var cursor = watch();
    var busy = hub.watchState(new ServiceKey("", "orders"), () -> {});
    busy.next();
    assertSnapshot(cursor, 0, false);
    register("payments/i-1");
    assertDelta(cursor, 0, 1);
    for (int i = 1; i <= 3 * RING; i++) {
      register("orders/i-" + i);
    }
    assertIdle(cursor);
    register("payments/i-2");
    assertDelta(cursor, 1, 3 * RING + 2);
    assertIdle(cursor);
  }

  @Test
  void countsChangesNotRevisions() {
    var cursor = watch();
    assertSnapshot(cursor, 0, false);
    register("payments/i-1");
    assertDelta(cursor, 0, 1);
    register("payments/a-1", "payments/a-2", "payments/a-3");
    register("payments/b-1", "payments/b-2", "payments/b-3");
    register("payments/c-1", "payments/c-2", "payments/c-3");

    assertSnapshot(cursor, 4, true);
  }

  @Test
  void forgetsACursorThatIsClosed() {
    var cursor = watch();
    var other = watch();
    assertThat(hub.watches()).isEqualTo(2);
    cursor.next();
    cursor.next();
    cursor.close();
    cursor.close();
    register("payments/i-1");

    assertThat(wakeUps).isZero();
    assertThat(hub.watches()).isEqualTo(1);
    other.close();
    assertThat(hub.watches()).isZero();
  }

  @Test
  void beginsAnewWhenTheLastCursorOfAServiceWent() {
    watch().close();
    register("payments/i-1");
    var cursor = watch();

    assertSnapshot(cursor, 1, false);
    register("payments/i-2");
    assertDelta(cursor, 1, 2);
  }

  @Test
  void goesOnWithAMarkedSnapshotWhenTheStateWasReplaced() {
    register("payments/i-1");
    var idle = watch();
    assertSnapshot(idle, 1, false);
    assertIdle(idle);
    var behind = watch();
    assertSnapshot(behind, 1, false);
    register("payments/i-2");
    var notAsked = watch();
    int before = wakeUps;
    installWhatFollows(3);

    assertThat(wakeUps).as("nobody waits").isEqualTo(before);
    assertDelta(behind, 1, 2);
    assertSnapshot(behind, 5, true);
    assertIdle(behind);
    assertSnapshot(notAsked, 5, false);
    assertIdle(notAsked);
    register("payments/i-9");
    assertDelta(behind, 5, 6);
    assertDelta(notAsked, 5, 6);
    assertDelta(idle, 1, 2);
    assertSnapshot(idle, 6, true);
    assertIdle(idle);
  }

  @Test
  void wakesWhoWaitsWhenTheStateIsReplaced() {
    register("payments/i-1");
    var cursor = watch();
    assertSnapshot(cursor, 1, false);
    assertIdle(cursor);
    installWhatFollows(1);

    assertThat(wakeUps).isEqualTo(1);
    assertSnapshot(cursor, 2, true);
    assertIdle(cursor);
  }

  @Test
  void goesOnForAnotherOnlyWhenBothHaveTheSameToCome() {
    register("payments/i-1");
    var one = watch();
    assertSnapshot(one, 1, false);
    assertIdle(one);
    applied.add(entry(store, register(List.of(Instances.instance("payments/i-2", 1)))));
    var shownAndNotLinked = store.apply(List.of(applied.getLast()));
    var other = watch();
    assertSnapshot(other, 2, false);
    assertIdle(other);
    // The other one would hear of revision 2 again.
    assertThat(one.goesOnFor(other)).isFalse();
    hub.publish(shownAndNotLinked);
    assertThat(one.goesOnFor(other)).isFalse();
    assertDelta(one, 1, 2);
    assertIdle(one);
    assertIdle(other);

    assertThat(one.goesOnFor(other)).isTrue();
    other.close();
    register("payments/i-3");
    assertDelta(one, 2, 3);
  }

  /** As many registrations more, which come by a snapshot. */
  private void installWhatFollows(int registrations) {
    var other = RegistryStore.open(new MemoryOrderedStore());
    other.apply(applied);
    for (int i = 0; i < registrations; i++) {
      var instances = List.of(Instances.instance("payments/s-" + i, 1));
      other.apply(List.of(entry(other, register(instances))));
    }
    var staged = store.stage(new byte[] {1});
    try (var reader = other.snapshot()) {
      staged.add(reader.chunk(new byte[0], 1 << 20).bytes());
    }
    staged.finish();
    store.install(staged);
    hub.reset();
    staged.close();
  }

  private StateCursor watch() {
    return hub.watchState(PAYMENTS, () -> wakeUps++);
  }

  private void register(String... paths) {
    var instances = new ArrayList<Instance>();
    for (String path : paths) {
      instances.add(Instances.instance(path, 1));
    }
    apply(register(instances));
  }

  private static Command register(List<Instance> instances) {
    return new Command.Register(instances, new Keeper.NewLease(5_000));
  }

  private void apply(Command command) {
    applied.add(entry(store, command));
    hub.publish(store.apply(List.of(applied.getLast())));
  }

  private static LogEntry entry(RegistryStore next, Command command) {
    long index = next.status().lastApplied() + 1;
    return new LogEntry(index, 0, CommandCodec.encode(Request.of(command)));
  }

  private static void assertIdle(StateCursor cursor) {
    assertThat(cursor.next()).isInstanceOf(StateEvent.Idle.class);
  }

  private static void assertSnapshot(StateCursor cursor, long revision, boolean reset) {
    assertThat(cursor.next())
        .isInstanceOfSatisfying(
            StateEvent.Snapshot.class,
            snapshot -> {
              assertThat(snapshot.revision()).isEqualTo(revision);
              assertThat(snapshot.reset()).isEqualTo(reset);
            });
  }

  private static void assertDelta(StateCursor cursor, long previousRevision, long revision) {
    assertThat(cursor.next())
        .isInstanceOfSatisfying(
            StateEvent.Delta.class,
            delta -> {
              assertThat(delta.previousRevision()).isEqualTo(previousRevision);
              assertThat(delta.revision()).isEqualTo(revision);
            });
  }
}
