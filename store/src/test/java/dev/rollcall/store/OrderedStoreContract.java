package dev.rollcall.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.OrderedStore.Batch;
import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link OrderedStore} promises. */
public abstract class OrderedStoreContract {
  private OrderedStore store;

  /** A store without rows. */
  protected abstract OrderedStore create() throws Exception;

  /** The store as the next process finds it after an orderly close. */
  protected abstract OrderedStore reopen(OrderedStore closed) throws Exception;

  /** What is left for the next process when this one is killed now. */
  protected abstract OrderedStore crash(OrderedStore open) throws Exception;

  @BeforeEach
  void open() throws Exception {
    store = create();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void returnsWhatWasWrittenLast() {
    write(put("a", "1"), put("b", "2"));
    write(put("a", "3"), delete("b"), delete("never there"));

    assertThat(get("a")).isEqualTo("3");
    assertThat(get("b")).isNull();
    assertThat(get("c")).isNull();
  }

  @Test
  void letsLaterOperationsOfABatchWin() {
    write(put("a", "1"), delete("a"), put("a", "2"), put("b", "1"), delete("b"));

    assertThat(get("a")).isEqualTo("2");
    assertThat(get("b")).isNull();
  }

  @Test
  void holdsEmptyValuesAndAnyBytes() {
    byte[] key = {0, -1, 127, -128};
    store.write(new Batch(List.of(new Operation.Put(key, new byte[0]))));

    assertThat(store.get(key)).hasValueSatisfying(value -> assertThat(value).isEmpty());
  }

  @Test
  void scansInOrderOfUnsignedBytesFromInclusiveToExclusive() {
    for (int b : new int[] {200, 3, 127, 128, 0, 255}) {
      byte[] row = {(byte) b};
      store.write(new Batch(List.of(new Operation.Put(row, row))));
    }
    assertThat(scan(new byte[] {3}, new byte[] {(byte) 255}))
        .containsExactly("03", "7f", "80", "c8");
    assertThat(scan(new byte[] {4}, new byte[] {4})).isEmpty();
  }

  @Test
  void stopsTheScanWhenTheVisitorSaysSo() {
    write(put("a", "1"), put("b", "2"), put("c", "3"));
    var seen = new ArrayList<String>();
    store.scan(
        bytes("a"),
        bytes("z"),
        (key, value) -> {
          seen.add(text(key) + text(value));
          return seen.size() < 2;
        });

    assertThat(seen).containsExactly("a1", "b2");
  }

  @Test
  void scansRowsOfOneMoment() {
    write(put("a", "1"), put("b", "2"), put("c", "3"));
    var seen = new ArrayList<String>();
    store.scan(
        bytes("a"),
        bytes("z"),
        (key, value) -> {
          seen.add(text(key) + text(value));
          write(put("b", "9"), delete("c"), put("d", "4"));
          return true;
        });

    assertThat(seen).containsExactly("a1", "b2", "c3");
    assertThat(get("d")).isEqualTo("4");
  }

  @Test
  void tellsWhatIsFlushedFromWhatIsWritten() {
    assertThat(store.getFlushed(bytes("a"))).isEmpty();
    write(put("a", "1"));
    assertThat(store.getFlushed(bytes("a"))).isEmpty();
    store.flush();
    write(put("a", "2"), put("b", "1"));

    assertThat(getFlushed("a")).isEqualTo("1");
    assertThat(getFlushed("b")).isNull();
    assertThat(get("a")).isEqualTo("2");
    store.flush();
    assertThat(getFlushed("a")).isEqualTo("2");
    assertThat(getFlushed("b")).isEqualTo("1");
  }

  @Test
  void tellsThatARemovalIsNotFlushedYet() {
    write(put("a", "1"));
    store.flush();
    write(delete("a"));

    assertThat(get("a")).isNull();
    assertThat(getFlushed("a")).isEqualTo("1");
    store.flush();
    assertThat(getFlushed("a")).isNull();
  }

  @Test
  void keepsEverythingThroughAnOrderlyClose() throws Exception {
    write(put("a", "1"));
    store.flush();
    write(put("b", "2"));
    store.close();
    store = reopen(store);

    assertThat(get("a")).isEqualTo("1");
    assertThat(get("b")).isEqualTo("2");
    assertThat(getFlushed("b")).isEqualTo("2");
  }

  @Test
  void keepsWhatIsFlushedThroughACrash() throws Exception {
    write(put("a", "1"));
    store.flush();
    write(put("a", "2"), put("b", "2"));
    store = crash(store);

    // The batch after the flush may have survived, but not by half.
    assertThat(List.of(String.valueOf(get("a")), String.valueOf(get("b"))))
        .isIn(List.of("1", "null"), List.of("2", "2"));
  }

  @Test
  void pinsRowsOfOneMoment() {
    write(put("a", "1"), put("b", "2"), put("c", "3"));
    store.flush();
    try (var view = store.pin()) {
      write(put("a", "9"), delete("b"), put("d", "4"));
      store.flush();

      assertThat(scan(view, "a")).containsExactly("a1", "b2", "c3");
      assertThat(scan(view, "b")).containsExactly("b2", "c3");
      assertThat(scan(view, "bb")).containsExactly("c3");
      assertThat(scan(view, "d")).isEmpty();
    }
    assertThat(get("a")).isEqualTo("9");
  }

  @Test
  void scansAViewUntilTheVisitorSaysSo() {
    write(put("a", "1"), put("b", "2"));
    try (var view = store.pin()) {
      var seen = new ArrayList<String>();
      view.scan(
          bytes("a"),
          (key, value) -> {
            seen.add(text(key));
            return false;
          });
      assertThat(seen).containsExactly("a");
    }
  }

  @Test
  void allowsViewsToBeClosedLateAndTwice() {
    write(put("a", "1"));
    var view = store.pin();
    view.close();
    view.close();
    var late = store.pin();
    store.close();
    late.close();
  }

  @Test
  void letsAStagedStoreTakeOverForGood() throws Exception {
    write(put("a", "old"));
    var staged = store.stage();
    var next = staged.rows();
    assertThat(next.get(bytes("a"))).isEmpty();
    next.write(new Batch(List.of(put("a", "new"))));
    assertThat(get("a")).isEqualTo("old");
    staged.takeOver();
    staged.close();
    assertThat(next.getFlushed(bytes("a"))).isPresent();
    next.write(new Batch(List.of(put("b", "2"))));
    next.close();
    store = reopen(next);

    assertThat(get("a")).isEqualTo("new");
    assertThat(get("b")).isEqualTo("2");
  }

  @Test
  void leavesNothingOfAStagedStoreThatTookNothingOver() throws Exception {
    write(put("a", "old"));
    for (int i = 0; i < 2; i++) {
      try (var staged = store.stage()) {
        staged.rows().write(new Batch(List.of(put("a", "new"))));
        staged.rows().flush();
      }
    }
    store.close();
    store = reopen(store);

    assertThat(get("a")).isEqualTo("old");
  }

  @Test
  void findsTheOldStoreAfterACrashWhileTheNextIsFilled() throws Exception {
    write(put("a", "old"));
    store.flush();
    var next = store.stage().rows();
    next.write(new Batch(List.of(put("a", "new"))));
    next.flush();
    store = crash(store);

    assertThat(get("a")).isEqualTo("old");
  }

  @Test
  void findsTheNextStoreAfterACrashOnceItTookOver() throws Exception {
    write(put("a", "old"), put("b", "old"));
    store.flush();
    var staged = store.stage();
    staged.rows().write(new Batch(List.of(put("a", "new"))));
    staged.takeOver();
    // The store before is still there: nobody has closed it.
    store = crash(store);

    assertThat(get("a")).isEqualTo("new");
    assertThat(get("b")).isNull();
    // And the one after it can be replaced in turn.
    var third = store.stage();
    third.rows().write(new Batch(List.of(put("a", "third"))));
    third.takeOver();
    third.close();
    store = crash(third.rows());
    assertThat(get("a")).isEqualTo("third");
  }

  @Test
  void allowsToBeClosedTwice() {
    store.close();
    store.close();
  }

  @Test
  void agreesWithASortedMap() {
    Seeds.each(
        20,
        random -> {
          var expected = new TreeMap<byte[], byte[]>(Arrays::compareUnsigned);
          scan(expected);
          for (int i = 0; i < 30; i++) {
            var batch = batch(random);
            store.write(batch);
            for (var operation : batch.operations()) {
              switch (operation) {
                case Operation.Put(byte[] key, byte[] value) -> expected.put(key, value);
                case Operation.Delete(byte[] key) -> expected.remove(key);
              }
            }
            if (random.nextInt(10) == 0) {
              store.flush();
            }
            byte[] from = key(random);
            byte[] to = key(random);
            if (Arrays.compareUnsigned(from, to) <= 0) {
              assertThat(scan(from, to)).isEqualTo(hex(expected, from, to));
            }
          }
        });
  }

  private static List<String> scan(OrderedStore.View view, String from) {
    var rows = new ArrayList<String>();
    view.scan(
        bytes(from),
        (key, value) -> {
          rows.add(text(key) + text(value));
          return true;
        });
    return rows;
  }

  private void scan(NavigableMap<byte[], byte[]> rows) {
    store.scan(
        new byte[0],
        new byte[] {-1, -1, -1, -1},
        (key, value) -> {
          rows.put(key, value);
          return true;
        });
  }

  private static List<String> hex(NavigableMap<byte[], byte[]> rows, byte[] from, byte[] to) {
    return rows.subMap(from, true, to, false).keySet().stream()
        .map(HexFormat.of()::formatHex)
        .toList();
  }

  private static Batch batch(RandomGenerator random) {
    var operations = new ArrayList<Operation>();
    for (int i = random.nextInt(10); i >= 0; i--) {
      operations.add(
          random.nextInt(3) == 0
              ? new Operation.Delete(key(random))
              : new Operation.Put(key(random), key(random)));
    }
    return new Batch(operations);
  }

  private static byte[] key(RandomGenerator random) {
    byte[] key = new byte[1 + random.nextInt(3)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(4) * 85);
    }
    return key;
  }

  private List<String> scan(byte[] from, byte[] to) {
    var keys = new ArrayList<String>();
    store.scan(
        from,
        to,
        (key, value) -> {
          keys.add(HexFormat.of().formatHex(key));
          return true;
        });
    return keys;
  }

  private void write(Operation... operations) {
    store.write(new Batch(List.of(operations)));
  }

  private static Operation put(String key, String value) {
    return new Operation.Put(bytes(key), bytes(value));
  }

  private static Operation delete(String key) {
    return new Operation.Delete(bytes(key));
  }

  private @Nullable String get(String key) {
    return store.get(bytes(key)).map(OrderedStoreContract::text).orElse(null);
  }

  private @Nullable String getFlushed(String key) {
    return store.getFlushed(bytes(key)).map(OrderedStoreContract::text).orElse(null);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, US_ASCII);
  }
}
