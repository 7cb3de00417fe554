package dev.rollcall.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.LogEntry;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.filter.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangesCursorTest {
  private static final WatchScope KEYS = new WatchScope.Keys("default", "wanted/");

  /** Two of these are more than a page of the log. */
  private static final int LARGE = 20 << 10;

  private final RegistryStore store = RegistryStore.open(new MemoryOrderedStore());
  private final WatchHub hub = new WatchHub(4, store);
  private int wakeUps;

  @BeforeEach
  void wakeAtOnce() {
    hub.onMarked(hub::wakeMarked);
  }

  @Test
  void readsTheLogAPageAtATimeAndHoldsNoMore() {
    for (int i = 1; i <= 9; i++) {
      put("wanted/" + i, LARGE);
    }
    var cursor = watch(2);
    var read = new ArrayList<Long>();
    int pages = 0;
    while (read.size() < 8) {
      assertThat(cursor.next()).isInstanceOf(ChangesEvent.NeedsLog.class);
      cursor.readLog();
      pages++;
      for (int i = 0; i < 2; i++) {
        read.add(changed(cursor));
      }
    }

    assertThat(pages).isEqualTo(4);
    assertThat(read).isEqualTo(LongStream.rangeClosed(2, 9).boxed().toList());
    assertThat(cursor.next()).isEqualTo(new ChangesEvent.Idle(9));
  }

  @Test
  void goesOnFromTheRingWithoutTheLogWhenThatReachesBack() {
    var other = watch(1);
    assertThat(other.next()).isEqualTo(new ChangesEvent.Idle(0));
    for (int i = 1; i <= 6; i++) {
      put("wanted/" + i, 1);
    }
    var near = watch(3);
    assertThat(changed(near)).isEqualTo(3);
    var far = watch(2);
    assertThat(far.next()).isInstanceOf(ChangesEvent.NeedsLog.class);
    // What stands at the end of the chain is told what comes, and told once that there is more.
    assertThat(List.of(changed(near), changed(near), changed(near))).containsExactly(4L, 5L, 6L);
    assertThat(near.next()).isEqualTo(new ChangesEvent.Idle(6));
    put("wanted/7", 1);
    put("wanted/8", 1);
    assertThat(wakeUps).isEqualTo(2);
    assertThat(changed(near)).isEqualTo(7);
  }

  @Test
  void tellsWhereTheLogBeginsWhenItsNextRevisionIsCompacted() {
    var cursor = watch(1);
    assertThat(cursor.next()).isEqualTo(new ChangesEvent.Idle(0));
    for (int i = 1; i <= 9; i++) {
      put("wanted/" + i, 1);
    }
    apply(new Command.CompactChanges(6));

    // One step was still its own to take.
    assertThat(changed(cursor)).isEqualTo(1);
    assertThat(cursor.next()).isInstanceOf(ChangesEvent.NeedsLog.class);
    cursor.readLog();
    assertThat(cursor.next()).isEqualTo(new ChangesEvent.Lost(6));
    assertThat(cursor.next()).isEqualTo(new ChangesEvent.Lost(6));
    var again = watch(6);
    assertThat(changed(again)).isEqualTo(6);
  }

  @Test
  void isNotLostByCompactionOfWhatIsNotWanted() {
    var cursor = watch(1);
    for (int i = 1; i <= 9; i++) {
      put("other/" + i, 1);
    }
    assertThat(cursor.next()).isEqualTo(new ChangesEvent.Idle(9));
    apply(new Command.CompactChanges(9));
    put("wanted/1", 1);

    assertThat(changed(cursor)).isEqualTo(10);
  }

  private ChangesCursor watch(long start) {
    return hub.watchChanges(KEYS, Filter.parse(""), false, start, () -> wakeUps++);
  }

  private static long changed(ChangesCursor cursor) {
    return ((ChangesEvent.Changed) cursor.next()).revision().revision();
  }

  private void put(String key, int bytes) {
    var value = ByteString.copyFrom(new byte[bytes]);
    apply(new Command.PutKey("default", key, value, 0, OptionalLong.empty()));
  }

  private void apply(Command command) {
    long index = store.status().lastApplied() + 1;
    var entry = new LogEntry(index, 0, CommandCodec.encode(Request.of(command)));
    hub.publish(store.apply(List.of(entry)));
  }
}
