package dev.rollcall.store.fake;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.store.OrderedStore;
import dev.rollcall.store.OrderedStore.Batch;
import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.OrderedStore.StorageFailure;
import dev.rollcall.store.OrderedStoreContract;
import dev.rollcall.testkit.Seeds;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MemoryOrderedStoreTest extends OrderedStoreContract {
  @Override
  protected OrderedStore create() {
    return new MemoryOrderedStore();
  }

  @Override
  protected OrderedStore reopen(OrderedStore closed) {
    return ((MemoryOrderedStore) closed).reopen();
  }

  @Override
  protected OrderedStore crash(OrderedStore open) {
    return ((MemoryOrderedStore) open).crash();
  }

  @Test
  void losesEveryBatchThatIsNotFlushed() {
    var store = new MemoryOrderedStore();
    write(store, "a");
    store.flush();
    write(store, "b");

    assertThat(keys(store.crash())).isEqualTo("a");
  }

  @Test
  void keepsSomeOfTheFirstBatchesWhenToldTo() {
    var kept = new TreeSet<String>();
    Seeds.each(
        50,
        random -> {
          var store = new MemoryOrderedStore();
          write(store, "a");
          store.flush();
          write(store, "b");
          write(store, "c");
          kept.add(keys(store.crash(random)));
        });
    assertThat(kept).containsExactly("a", "ab", "abc");
  }

  @Test
  void isDeadAfterACrash() {
    var store = new MemoryOrderedStore();
    var survivor = store.crash();

    assertThatThrownBy(() -> write(store, "a")).isInstanceOf(IllegalStateException.class);
    store.close();
    assertThat(keys(survivor)).isEmpty();
  }

  @Test
  void failsOnCommandAndFromThenOn() {
    var store = new MemoryOrderedStore();
    store.failAfter(1);
    write(store, "a");

    assertThatThrownBy(() -> write(store, "b")).isInstanceOf(StorageFailure.class);
    assertThatThrownBy(store::flush).isInstanceOf(StorageFailure.class);
    store.close();
    assertThat(keys(store.reopen())).isEmpty();
  }

  private static void write(OrderedStore store, String key) {
    byte[] bytes = key.getBytes(US_ASCII);
    store.write(new Batch(List.of(new Operation.Put(bytes, bytes))));
  }

  private static String keys(MemoryOrderedStore store) {
    var keys = new StringBuilder();
    store.rows().forEach(row -> keys.append(new String(row.getKey(), US_ASCII)));
    return keys.toString();
  }
}
