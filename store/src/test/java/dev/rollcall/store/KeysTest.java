package dev.rollcall.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What takes many keys, and what leases do with theirs. */
class KeysTest {
  private static final ByteString SMALL = ByteString.copyFromUtf8("v");
  private static final ByteString LARGE = ByteString.copyFrom(new byte[512 << 10]);

  private final StoreUnderTest registry = new StoreUnderTest();

  @Test
  void oneCommandDeletesAThousandKeysAndNoMore() {
    for (int i = 0; i < 1_000; i++) {
      put("k" + i, SMALL, 0);
    }
    put("k", SMALL, 0);
    long revision = registry.revision();
    assertThat(delete("k")).isEqualTo(new Outcome.TooManyKeys(revision));
    assertThat(registry.range.changes()).isEmpty();

    var unused = registry.apply(new Command.DeleteKeys("", "k", false, OptionalLong.empty()));
    assertThat(delete("k")).isEqualTo(new Outcome.KeysDeleted(revision + 2, 1_000));
    assertThat(registry.range.changes())
        .singleElement()
        .matches(it -> it.changes().size() == 1_000);
  }

  @Test
  void oneCommandDeletesFourMebibytesAndNoMore() {
    for (int i = 0; i < 8; i++) {
      put("large/" + i, LARGE, 0);
    }
    assertThat(delete("large/")).isInstanceOf(Outcome.TooManyKeys.class);
    assertThat(delete("large/7")).isInstanceOf(Outcome.KeysDeleted.class);
    assertThat(delete("large/")).isEqualTo(new Outcome.KeysDeleted(registry.revision(), 7));
  }

  @Test
  void aTransactionIsHeldToTheLimitsAsAWhole() {
    for (int i = 0; i < 1_000; i++) {
      put("k" + i, SMALL, 0);
    }
    put("l", SMALL, 0);
    var both =
        new Command.Transact(
            "",
            List.of(),
            List.of(new KeyOperation.Delete("k", true), new KeyOperation.Delete("l", true)),
            List.of());
    assertThat(registry.apply(both)).isInstanceOf(Outcome.TooManyKeys.class);
    assertThat(registry.store.keys("default", "", Optional.empty(), 2_000).entries())
        .hasSize(1_001);
  }

  @Test
  void aLeaseCarriesFourMebibytesOfKeysAndNoMore() {
    long lease = grant();
    for (int i = 0; i < 7; i++) {
      put("large/" + i, LARGE, lease);
    }
    assertThat(put("large/7", LARGE, lease))
        .isEqualTo(new Outcome.LeaseKeysFull(registry.revision(), lease));
    // What makes it less is taken.
    assertThat(put("large/0", SMALL, lease)).isInstanceOf(Outcome.KeyPut.class);
    assertThat(put("large/7", LARGE, lease)).isInstanceOf(Outcome.KeyPut.class);
  }

  @Test
  void aFullLeaseStillHasItsKeysChanged() {
    long lease = grant();
    for (int i = 0; i < 1_000; i++) {
      put("k" + i, SMALL, lease);
    }
    assertThat(put("x", SMALL, lease)).isInstanceOf(Outcome.LeaseKeysFull.class);
    assertThat(put("k1", ByteString.copyFromUtf8("other"), lease))
        .isInstanceOf(Outcome.KeyPut.class);
    var swap =
        new Command.Transact(
            "",
            List.of(),
            List.of(new KeyOperation.Delete("k1", false), new KeyOperation.Put("x", SMALL, lease)),
            List.of());
    assertThat(registry.apply(swap)).isInstanceOf(Outcome.Transacted.class);
  }

  @Test
  void aLeaseEndsWithInstancesAndKeysAtOneRevision() {
    long lease = grant();
    registry.registerUnder(lease, instance("pay/i-1", 1));
    put("lock", SMALL, lease);
    registry.expire(lease);
    assertThat(registry.range.changes())
        .singleElement()
        .satisfies(revision ->
            assertThat(revision.changes())
                .hasExactlyElementsOfTypes(Change.Removed.class, Change.KeyDeleted.class));
    assertThat(registry.store.leases().size()).isZero();
  }

  @Test
  void aLeaseMadeByARegistrationEndsWithTheLastOfInstancesAndKeys() {
    registry.register(instance("shop/pay/i-1", 1));
    put("shop", "a", SMALL, 1);
    registry.deregister("shop/pay/i-1", 1);
    assertThat(registry.range.leasesEnded()).isEmpty();
    registry.reopen();

    var unused = registry.apply(new Command.DeleteKeys("shop", "a", false, OptionalLong.empty()));
    assertThat(registry.range.leasesEnded()).containsExactly(1L);
    assertThat(registry.store.leases().size()).isZero();
  }

  @Test
  void aLeaseThatLosesAKeyAndGetsOneInOneTransactionGoesOn() {
    registry.register(instance("shop/pay/i-1", 1));
    put("shop", "a", SMALL, 1);
    registry.deregister("shop/pay/i-1", 1);
    var swap =
        new Command.Transact(
            "shop",
            List.of(),
            List.of(new KeyOperation.Delete("a", false), new KeyOperation.Put("b", SMALL, 1)),
            List.of());
    assertThat(registry.apply(swap)).isInstanceOf(Outcome.Transacted.class);
    assertThat(registry.range.leasesEnded()).isEmpty();
    assertThat(registry.store.leases().hasKeys(1)).isTrue();
  }

  @Test
  void readersSeeAllKeysOfOneRevision() {
    put("a", SMALL, 0);
    var before = registry.store.keys("default", "", Optional.empty(), 10);
    put("b", SMALL, 0);
    var after = registry.store.keys("default", "", Optional.empty(), 10);
    assertThat(before.entries()).extracting(KeyEntry::key).containsExactly("a");
    assertThat(before.revision()).isEqualTo(1);
    assertThat(after.entries()).extracting(KeyEntry::key).containsExactly("a", "b");
    assertThat(after.revision()).isEqualTo(2);
    assertThat(registry.store.keys("default", "", Optional.of("a"), 10).entries())
        .extracting(KeyEntry::key)
        .containsExactly("b");
    assertThat(registry.store.keys("default", "", Optional.empty(), 1).hasMore()).isTrue();
  }

  @Test
  void aLeaseCountsForTheGuardAsLongAsItHasNoKeys() {
    long lease = grant();
    var sizes = new ArrayList<Integer>();
    sizes.add(registry.store.leases().size("default"));
    put("a", SMALL, lease);
    sizes.add(registry.store.leases().size("default"));
    put("a", SMALL, 0);
    sizes.add(registry.store.leases().size("default"));
    assertThat(sizes).containsExactly(1, 0, 1);
  }

  private static Instance instance(String path, long incarnation) {
    return Instances.instance(path, incarnation);
  }

  private long grant() {
    return ((Outcome.LeaseGranted) registry.apply(new Command.GrantLease("default", 5_000)))
        .leaseId();
  }

  private Outcome put(String key, ByteString value, long leaseId) {
    return put("", key, value, leaseId);
  }

  private Outcome put(String namespace, String key, ByteString value, long leaseId) {
    return registry.apply(new Command.PutKey(namespace, key, value, leaseId, OptionalLong.empty()));
  }

  private Outcome delete(String prefix) {
    return registry.apply(new Command.DeleteKeys("", prefix, true, OptionalLong.empty()));
  }
}
