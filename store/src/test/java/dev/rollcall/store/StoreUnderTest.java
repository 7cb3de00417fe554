package dev.rollcall.store;

import static dev.rollcall.store.Instances.instance;

import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Status;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;

/** A registry over rows in memory, with a log that is written as it is applied. */
final class StoreUnderTest {
  MemoryOrderedStore rows = new MemoryOrderedStore();
  Features features;
  RegistryStore store;
  long wallMillis = 1_000_000;

  /** Of the last command applied. */
  AppliedRange range =
      new AppliedRange(List.of(), List.of(), List.of(), List.of(), List.of(), Listings.NONE);

  StoreUnderTest() {
    this(Features.CURRENT);
  }

  StoreUnderTest(Features features) {
    this.features = features;
    store = RegistryStore.open(rows, features);
  }

  Outcome apply(Command command) {
    return apply(Request.of(command));
  }

  Outcome apply(Request request) {
    return applyBytes(CommandCodec.encode(request));
  }

  Outcome applyBytes(byte[] command) {
    long index = store.status().lastApplied() + 1;
    range = store.apply(List.of(new LogEntry(index, wallMillis, command)));
    return range.outcomes().getFirst();
  }

  /** Under a new lease of 5 s. */
  Outcome register(Instance... instances) {
    return apply(new Command.Register(List.of(instances), new Keeper.NewLease(5_000)));
  }

  Outcome register(String path, long incarnation) {
    return register(instance(path, incarnation));
  }

  Outcome registerUnder(long leaseId, Instance... instances) {
    return apply(new Command.Register(List.of(instances), new Keeper.ExistingLease(leaseId)));
  }

  Outcome deregister(String path, long incarnation) {
    return apply(new Command.Deregister(Instances.key(path), incarnation));
  }

  Outcome expire(Long... leaseIds) {
    return apply(new Command.ExpireLeases(List.of(leaseIds)));
  }

  Outcome updateWeight(String path, long incarnation, int weight) {
    return apply(weight(Instances.key(path), incarnation, weight));
  }

  static Command.Update weight(InstanceKey key, long incarnation, int weight) {
    return update(key, incarnation, Optional.empty(), OptionalInt.of(weight), Optional.empty());
  }

  static Command.Update update(
      InstanceKey key,
      long incarnation,
      Optional<Status> status,
      OptionalInt weight,
      Optional<SortedMap<String, String>> metadata) {
    return new Command.Update(key, incarnation, 0, status, weight, metadata, Optional.empty());
  }

  long revision() {
    return store.status().revision();
  }

  /** The incarnation that is live; 0 when none is. */
  long liveIncarnation(String path) {
    return store
        .instance(Instances.key(path))
        .map(live -> live.instance().incarnation())
        .orElse(0L);
  }

  void reopen() {
    store.close();
    rows = rows.reopen();
    store = RegistryStore.open(rows, features);
  }
}
