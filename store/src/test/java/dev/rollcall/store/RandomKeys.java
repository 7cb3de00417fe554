package dev.rollcall.store;

import com.google.protobuf.ByteString;
import dev.rollcall.store.kv.Compare;
import dev.rollcall.store.kv.KeyOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Commands about few keys, among them such as sort otherwise in UTF-16 than in UTF-8.
 *
 * @param leases highest id of a lease that is named
 * @param revisions highest that is named
 */
record RandomKeys(RandomGenerator random, long leases, long revisions) {
  private static final List<String> KEYS =
      List.of("a", "ab", "b", "b/1", "b\uff5e", "b\ud83d\ude00");

  private static final List<String> PREFIXES = List.of("", "a", "b", "b/", "c");

  Command next(String namespace) {
    return switch (random.nextInt(6)) {
      case 0 ->
          random.nextBoolean()
              ? new Command.DeleteKeys(namespace, key(), false, expected())
              : new Command.DeleteKeys(namespace, prefix(), true, OptionalLong.empty());
      case 1, 2 -> new Command.Transact(namespace, compares(), operations(), operations());
      default -> new Command.PutKey(namespace, key(), value(), leaseOrNone(), expected());
    };
  }

  private String key() {
    return KEYS.get(random.nextInt(KEYS.size()));
  }

  private String prefix() {
    return PREFIXES.get(random.nextInt(PREFIXES.size()));
  }

  private ByteString value() {
    return ByteString.copyFromUtf8("v" + random.nextInt(3));
  }

  private long leaseOrNone() {
    return random.nextInt(3) == 0 ? 0 : 1 + random.nextLong(leases);
  }

  private OptionalLong expected() {
    return random.nextInt(3) == 0
        ? OptionalLong.of(random.nextLong(revisions))
        : OptionalLong.empty();
  }

  private List<Compare> compares() {
    var compares = new ArrayList<Compare>();
    for (int i = random.nextInt(3); i > 0; i--) {
      compares.add(
          new Compare(key(), List.of(Compare.Result.values()).get(random.nextInt(4)), target()));
    }
    return compares;
  }

  private Compare.Target target() {
    if (random.nextInt(3) == 0) {
      return new Compare.Target.Value(value());
    }
    long number = random.nextInt(3) == 0 ? random.nextLong(revisions) : random.nextInt(3);
    return new Compare.Target.Figure(List.of(Compare.Of.values()).get(random.nextInt(4)), number);
  }

  private List<KeyOperation> operations() {
    var operations = new ArrayList<KeyOperation>();
    var put = new TreeSet<String>();
    for (int i = random.nextInt(5); i > 0; i--) {
      String key = key();
      operations.add(
          switch (random.nextInt(6)) {
            case 0 -> new KeyOperation.Get(key);
            case 1 -> new KeyOperation.Range(prefix(), 1 + random.nextInt(4));
            case 2 -> new KeyOperation.Delete(key, false);
            case 3 -> new KeyOperation.Delete(prefix(), true);
            default ->
                put.add(key)
                    ? new KeyOperation.Put(key, value(), leaseOrNone())
                    : new KeyOperation.Get(key);
          });
    }
    return operations;
  }
}
