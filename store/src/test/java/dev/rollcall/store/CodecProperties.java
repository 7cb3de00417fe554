package dev.rollcall.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.storage.v1.ChangeRecord;
import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.LoadBalancing;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.RegisteredSpec;
import dev.rollcall.store.instance.ServiceSpec;
import dev.rollcall.store.instance.Standing;
import dev.rollcall.store.instance.StatusOverride;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyResult;
import dev.rollcall.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CodecProperties {
  private static final KeyEntry KEY =
      new KeyEntry("a", "k/\u00e9", ByteString.copyFromUtf8("v"), 1, 2, 3, 4);

  private static final int SEEDS = 300;

  @Test
  void instancesSurviveTheWire() {
    Seeds.each(
        SEEDS,
        random -> {
          var instance = new RandomInstances(random).next();
          var message = InstanceCodec.toMessage(instance);
          assertThat(InstanceCodec.fromMessage(message)).isEqualTo(instance);

          var registered =
              new RegisteredInstance(
                  instance, standing(random), 1, random.nextLong(Long.MAX_VALUE), 3);
          assertThat(InstanceCodec.registeredFromMessage(registered.message()))
              .isEqualTo(registered);
          assertThat(RowCodec.instance(RowCodec.encode(registered), Interner.NONE))
              .isEqualTo(registered);
        });
  }

  @Test
  void theLargestInstanceFitsTheRecordLimitByFar() {
    Seeds.each(
        SEEDS,
        random -> {
          var instance = new RandomInstances(random).next();
          assertThat(InstanceCodec.toMessage(instance).getSerializedSize())
              .isLessThan(InstanceCodec.RECORD_BYTES_MAX);
        });
  }

  @Test
  void requestsSurviveTheLog() {
    Seeds.each(
        SEEDS,
        random -> {
          var request = request(random);
          byte[] bytes = CommandCodec.encode(request);
          assertThat(CommandCodec.decode(bytes)).isEqualTo(request);
          assertThat(CommandCodec.encode(CommandCodec.decode(bytes))).isEqualTo(bytes);
        });
  }

  @Test
  void equalInstancesGiveEqualBytesWhateverTheOrderOfTheirMetadata() {
    Seeds.each(
        SEEDS,
        random -> {
          var message = InstanceCodec.toMessage(new RandomInstances(random).next());
          var keys = new ArrayList<>(message.getMetadataMap().keySet());
          Collections.shuffle(keys, random);
          var shuffled = new LinkedHashMap<String, String>();
          keys.forEach(key -> shuffled.put(key, message.getMetadataOrThrow(key)));
          var other = message.toBuilder().clearMetadata().putAllMetadata(shuffled).build();
          var hashed =
              message.toBuilder().clearMetadata().putAllMetadata(new HashMap<>(shuffled)).build();

          assertThat(ProtoBytes.of(other)).isEqualTo(ProtoBytes.of(message));
          assertThat(ProtoBytes.of(hashed)).isEqualTo(ProtoBytes.of(message));
        });
  }

  @Test
  void outcomesSurvive() {
    Seeds.each(
        SEEDS,
        random -> {
          for (var outcome : outcomes(random)) {
            assertThat(OutcomeCodec.decode(OutcomeCodec.encode(outcome))).isEqualTo(outcome);
          }
        });
  }

  @Test
  void changesSurvive() {
    Seeds.each(
        SEEDS,
        random -> {
          var changes = changes(random);
          long wallMillis = random.nextLong();
          var decoded = ChangeCodec.decode(5, changeRow(wallMillis, changes), Interner.NONE);
          assertThat(decoded).isEqualTo(new RevisionChanges(5, wallMillis, changes, Map.of()));
          assertThat(ChangeCodec.outline(changeRow(wallMillis, changes)))
              .isEqualTo(new ChangeCodec.Outline(wallMillis, true));
          for (var change : changes) {
            boolean isEnd =
                change instanceof Change.Removed || change instanceof Change.SpecRemoved;
            assertThat(ChangeCodec.outline(changeRow(wallMillis, List.of(change))))
                .isEqualTo(new ChangeCodec.Outline(wallMillis, isEnd));
          }
        });
  }

  @Test
  void aFirstRegistrationTakesItsInstanceAndNothingMore() {
    byte[] instance =
        RowCodec.encode(
            new RegisteredInstance(new RandomInstances(Seeds.generator(1)).next(), 1, 2, 2));
    byte[] change = ChangeRecord.newBuilder().setUpsert(parsed(instance)).build().toByteArray();
    var first = new Change.Upserted(RowCodec.instance(instance, Interner.NONE), Optional.empty());

    assertThat(ChangeCodec.encode(first, instance)).hasSameSizeAs(change);
  }

  /** One of each, with and without what was there before. */
  static List<Change> changes(RandomGenerator random) {
    var instances = new RandomInstances(random);
    var instance = new RegisteredInstance(instances.next(), standing(random), 1, 2, 3);
    var other = new RegisteredInstance(instances.next(), standing(random), 1, 1, 2);
    var spec = new RegisteredSpec(spec(random), 4, 5);
    var key = KEY;
    return List.of(
        new Change.Upserted(instance, Optional.empty()),
        new Change.Upserted(instance, Optional.of(other)),
        new Change.Removed(other, Change.Cause.EXPIRED),
        new Change.Removed(instance, Change.Cause.DEREGISTERED),
        new Change.SpecPut(spec, Optional.empty()),
        new Change.SpecPut(spec, Optional.of(new RegisteredSpec(spec(random), 4, 4))),
        new Change.SpecRemoved(spec),
        new Change.KeyPut(key, Optional.empty()),
        new Change.KeyPut(
            key, Optional.of(new KeyEntry("a", "k/\u00e9", ByteString.EMPTY, 1, 1, 1, 0))),
        new Change.KeyDeleted(key, Change.KeyCause.DELETED),
        new Change.KeyDeleted(key, Change.KeyCause.LEASE_ENDED));
  }

  /** The row in the change log that these changes make. */
  static byte[] changeRow(long wallMillis, List<Change> changes) {
    return ChangeCodec.row(
        wallMillis,
        changes.stream().map(change -> ChangeCodec.encode(change, after(change))).toList());
  }

  private static byte[] after(Change change) {
    return switch (change) {
      case Change.Upserted(var instance, var previous) -> RowCodec.encode(instance);
      case Change.SpecPut(var spec, var previous) -> RowCodec.encode(spec);
      case Change.KeyPut(var entry, var previous) -> RowCodec.encode(entry);
      default -> new byte[0];
    };
  }

  private static dev.rollcall.v1.Instance parsed(byte[] instance) {
    return RowCodec.instance(instance, Interner.NONE).message();
  }

  @Test
  void anInternerChangesNothing() {
    var interner = new HeapInterner(new InstanceTable());
    Seeds.each(
        SEEDS,
        random -> {
          var instance = new RandomInstances(random).next();
          var message = InstanceCodec.toMessage(instance);
          assertThat(InstanceCodec.fromMessage(message, interner)).isEqualTo(instance);
          assertThat(InstanceCodec.fromMessage(message, interner)).isEqualTo(instance);
        });
  }

  static Request request(RandomGenerator random) {
    var command = command(random);
    if (random.nextBoolean()) {
      return Request.of(command);
    }
    long sequence = 1 + random.nextLong(1_000);
    return new Request(
        command,
        Optional.of(
            new Request.Repeat(1 + random.nextLong(10), sequence, random.nextLong(sequence + 1))));
  }

  private static Command command(RandomGenerator random) {
    var instances = new RandomInstances(random);
    return switch (random.nextInt(22)) {
      case 0 -> new Command.Register(List.of(instances.next()), keeper(random));
      case 1 ->
          new Command.Update(
              instances.key(),
              random.nextLong(3),
              random.nextLong(3),
              random.nextBoolean() ? Optional.empty() : Optional.of(instances.status()),
              random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(65_536)),
              random.nextBoolean() ? Optional.empty() : Optional.of(instances.metadata()),
              random.nextBoolean() ? Optional.empty() : Optional.of(instances.tags()));
      case 2 -> new Command.Deregister(instances.key(), random.nextLong(Long.MAX_VALUE));
      case 3 ->
          new Command.ExpireLeases(
              LongStream.range(0, random.nextInt(500)).map(i -> i * i).boxed().toList());
      case 4 -> new Command.GrantLease("shop", 1_000 + random.nextLong(86_399_001));
      case 5 -> new Command.RevokeLease(1 + random.nextLong(Long.MAX_VALUE - 1));
      case 6 -> lifecycle(random, instances);
      case 7 ->
          new Command.SetOverride(
              instances.key(),
              instances.status(),
              "actor",
              "reason".repeat(random.nextInt(100)),
              random.nextBoolean() ? 0 : 1_000 + random.nextLong(31_622_399_000L));
      case 8 -> new Command.ClearOverride(instances.key());
      case 9 -> new Command.PutServiceSpec(spec(random), expected(random));
      case 10 -> new Command.DeleteServiceSpec(instances.key().service(), expected(random));
      case 11 -> new Command.PassDeadlines();
      case 12 -> new Command.EngageGuard("shop");
      case 13 -> new Command.ReleaseGuard("shop", random.nextBoolean() ? "" : "ann");
      case 14 -> new Command.SuspectLeases(List.of(1L, 1 + random.nextLong(1L << 60)));
      case 15 -> new Command.TrustLeases(List.of(1L, 1 + random.nextLong(1L << 60)));
      case 16 -> new Command.RaiseFeatureLevel(1 + random.nextInt(Integer.MAX_VALUE));
      case 17, 18, 19 -> new RandomKeys(random, 1_000, 1_000).next("shop");
      case 20 -> new Command.CompactChanges(1 + random.nextLong(Long.MAX_VALUE - 1));
      default -> new Command.OpenSession();
    };
  }

  static Keeper keeper(RandomGenerator random) {
    return switch (random.nextInt(3)) {
      case 0 -> new Keeper.NewLease(1_000 + random.nextLong(86_399_001));
      case 1 -> new Keeper.ExistingLease(1 + random.nextLong(1_000));
      default -> new Keeper.DefaultLease();
    };
  }

  private static Command lifecycle(RandomGenerator random, RandomInstances instances) {
    var lifecycle = List.of(Lifecycle.values()).get(random.nextInt(3));
    long grace = lifecycle == Lifecycle.DRAINING ? 1_000 + random.nextLong(86_399_001) : 0;
    return new Command.SetLifecycle(instances.key(), random.nextLong(3), lifecycle, grace);
  }

  private static OptionalLong expected(RandomGenerator random) {
    return random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong(1_000));
  }

  static ServiceSpec spec(RandomGenerator random) {
    var instances = new RandomInstances(random);
    var balancing = LoadBalancing.values();
    return new ServiceSpec(
        instances.key().service(),
        instances.metadata(),
        random.nextBoolean() ? 0 : 1_000 + random.nextLong(86_399_001),
        random.nextInt(100_001),
        balancing[random.nextInt(balancing.length)],
        new TreeMap<>(Map.of("canary", "\"canary\" in tags")));
  }

  static Standing standing(RandomGenerator random) {
    var lifecycle = List.of(Lifecycle.values()).get(random.nextInt(3));
    return new Standing(
        lifecycle,
        lifecycle == Lifecycle.DRAINING ? 1 + random.nextLong(Long.MAX_VALUE - 1) : 0,
        random.nextBoolean() ? Optional.empty() : Optional.of(override(random)),
        random.nextBoolean());
  }

  static StatusOverride override(RandomGenerator random) {
    var status = new RandomInstances(random).status();
    return new StatusOverride(status, "actor", "reason", random.nextLong(Long.MAX_VALUE));
  }

  static List<Outcome> outcomes(RandomGenerator random) {
    var instances = new RandomInstances(random);
    long revision = random.nextLong(Long.MAX_VALUE);
    long number = 1 + random.nextLong(Long.MAX_VALUE - 1);
    return List.of(
        new Outcome.Registered(revision, number, 5_000),
        new Outcome.Updated(revision, new RegisteredInstance(instances.next(), 1, 2, 3)),
        new Outcome.Deregistered(revision),
        new Outcome.LeasesExpired(revision, random.nextInt(500), random.nextInt(500_000)),
        new Outcome.LeaseGranted(revision, number, 5_000),
        new Outcome.LeaseRevoked(revision, random.nextInt(1_000)),
        new Outcome.OverrideSet(revision, override(random)),
        new Outcome.OverrideCleared(revision, random.nextBoolean()),
        new Outcome.SpecPut(revision, new RegisteredSpec(spec(random), 1, 2)),
        new Outcome.SpecDeleted(revision),
        new Outcome.SpecNotFound(revision),
        new Outcome.RevisionMismatch(revision, number),
        new Outcome.GuardEngaged(revision),
        new Outcome.GuardReleased(revision, random.nextInt(500)),
        new Outcome.GuardNotEngaged(revision),
        new Outcome.LeasesJudged(revision, random.nextInt(500), random.nextInt(500_000)),
        new Outcome.FeatureLevelRaised(revision, 1 + random.nextInt(Integer.MAX_VALUE)),
        new Outcome.FeatureLevelHigher(revision, 2),
        new Outcome.FeatureLevelTooLow(revision, 3, random.nextInt(3)),
        new Outcome.KeyPut(revision, KEY.withoutValue(), Optional.empty()),
        new Outcome.KeyPut(revision, KEY.withoutValue(), Optional.of(KEY.withoutValue())),
        new Outcome.KeysDeleted(revision, random.nextInt(1_000)),
        new Outcome.Transacted(revision, false, List.of()),
        new Outcome.Transacted(
            revision,
            true,
            List.of(
                new KeyResult.Found(List.of(), false),
                new KeyResult.Deleted(random.nextInt(2)),
                new KeyResult.Found(List.of(KEY), random.nextBoolean()),
                new KeyResult.Put(KEY.withoutValue()))),
        new Outcome.LeaseKeysFull(revision, number),
        new Outcome.TooManyKeys(revision),
        new Outcome.ChangesCompacted(revision, number),
        new Outcome.SessionOpened(revision, number),
        new Outcome.Nothing(revision),
        new Outcome.InstanceNotFound(revision, instances.key()),
        new Outcome.LeaseNotFound(revision, number),
        new Outcome.LeaseFull(revision, number, 1_000),
        new Outcome.StaleIncarnation(revision, instances.key(), number),
        new Outcome.IncarnationReused(revision, instances.key()),
        new Outcome.LeaseOfOtherNamespace(revision, number),
        new Outcome.SessionExpired(revision, number),
        new Outcome.RequestTooOld(revision, number));
  }
}
