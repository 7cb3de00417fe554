package dev.rollcall.client.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.TestClients;
import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.FakeNode;
import dev.rollcall.client.fake.VirtualLoop;
import dev.rollcall.v1.ErrorReason;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyValuesTest {
  private final VirtualLoop loop = new VirtualLoop(11);
  private final FakeCluster cluster = new FakeCluster(loop, 3);
  private final RegistryClient client = TestClients.of(loop, cluster);
  private final KeyValues keys = client.keys();

  @AfterEach
  void stop() {
    client.close();
    cluster.stop();
  }

  private static Value v(String text) {
    return Value.of(text);
  }

  @Test
  void whatIsPutIsThereUntilItIsDeleted() {
    assertThat(keys.get("app/mode")).isEmpty();

    KeyWritten first = keys.put("app/mode", v("on"));
    assertThat(first.previous()).isEmpty();
    assertThat(first.entry().value()).isEqualTo(v("on"));
    assertThat(first.entry().version()).isEqualTo(1);
    KeyWritten second = keys.put("app/mode", v("off"));
    assertThat(second.previous().orElseThrow().modRevision())
        .isEqualTo(first.entry().modRevision());

    KeyEntry entry = keys.get("app/mode").orElseThrow();
    assertThat(entry).isEqualTo(second.entry());
    assertThat(entry.createRevision()).isEqualTo(first.entry().createRevision());
    assertThat(keys.delete("app/mode").count()).isEqualTo(1);
    assertThat(keys.delete("app/mode").count()).isZero();
    assertThat(keys.get("app/mode")).isEmpty();
  }

  @Test
  void aPutThatExpectsAnotherRevisionIsRefused() {
    long revision = keys.put(KeyPut.of("a", v("1")).expecting(0)).entry().modRevision();
    keys.put(KeyPut.of("a", v("2")).expecting(revision));
    RegistryException.Refused refused =
        catchThrowableOfType(
            RegistryException.Refused.class,
            () -> keys.put(KeyPut.of("a", v("3")).expecting(revision)));
    assertThat(refused.reason()).isEqualTo(Reason.REVISION_MISMATCH);
    assertThat(keys.get("a").orElseThrow().value().text()).isEqualTo("2");
  }

  @Test
  void aRangeIsReadPageByPage() {
    for (int i = 0; i < 7; i++) {
      keys.put("a/" + i, v("x" + i));
    }
    keys.put("b", v("other"));

    assertThat(keys.rangeAll(KeyQuery.prefix("a/").withPageSize(3)))
        .extracting(KeyEntry::key)
        .containsExactly("a/0", "a/1", "a/2", "a/3", "a/4", "a/5", "a/6");
    assertThat(keys.range(KeyQuery.prefix("a/").withoutValues()).entries())
        .allMatch(entry -> entry.value().equals(Value.EMPTY));
    assertThat(keys.deletePrefix("a/").count()).isEqualTo(7);
    assertThat(keys.rangeAll(KeyQuery.prefix(""))).hasSize(1);
  }

  @Test
  void aTransactionDoesOneThingOrTheOther() {
    Transaction take =
        Transaction.when(Compare.absent("owner"))
            .then(KeyOperation.put("owner", v("me")))
            .otherwise(KeyOperation.get("owner"));
    TransactionResult first = keys.transact(take);
    assertThat(first.succeeded()).isTrue();
    assertThat(first.results().get(0).put()).isPresent();

    TransactionResult second = keys.transact(take);
    assertThat(second.succeeded()).isFalse();
    KeyEntry owner = second.results().get(0).entries().get(0);
    assertThat(owner.value().text()).isEqualTo("me");

    TransactionResult release =
        keys.transact(
            Transaction.when(
                    Compare.valueIs("owner", v("me")),
                    Compare.createdAt("owner", owner.createRevision()),
                    Compare.number("owner", Compare.Subject.VERSION, Compare.Relation.LESS, 2))
                .then(KeyOperation.delete("owner"), KeyOperation.range("")));
    assertThat(release.results().get(0).deleted()).isEqualTo(1);
    assertThat(release.results().get(1).entries()).isEmpty();
  }

  @Test
  void aWriteThatIsSentAgainTakesEffectOnce() {
    keys.put("a", v("0")); // opens the session
    int executed = cluster.keys().executed();
    cluster.nodes().forEach(node -> node.fail(ErrorReason.OUTCOME_UNKNOWN, true));
    loop.schedule(
        Duration.ofSeconds(1), () -> cluster.nodes().forEach(node -> node.fail(null, false)));

    KeyWritten written = keys.put("a", v("1"));

    assertThat(written.entry().version()).isEqualTo(2);
    assertThat(cluster.keys().executed()).isEqualTo(executed + 1);
  }

  @Test
  void aSessionThatEndedWhileNobodyWroteIsOpenedAnew() {
    keys.put("a", v("0"));
    cluster.keys().expireSession(1);
    assertThat(keys.put("a", v("1")).entry().version()).isEqualTo(2);
    assertThat(keys.put("a", v("2")).entry().version()).isEqualTo(3);
  }

  @Test
  void aWriteWhoseSessionEndedUnderWayIsNotRepeated() {
    keys.put("a", v("0"));
    cluster.nodes().forEach(node -> node.fail(ErrorReason.OUTCOME_UNKNOWN, true));
    loop.schedule(
        Duration.ofSeconds(1),
        () -> {
          cluster.keys().expireSession(1);
          cluster.nodes().forEach(node -> node.fail(null, false));
        });

    RegistryException.Indeterminate unknown =
        catchThrowableOfType(RegistryException.Indeterminate.class, () -> keys.put("a", v("1")));

    assertThat(unknown.executed()).isEqualTo(RegistryException.Executed.UNKNOWN);
    assertThat(cluster.keys().get("a").getVersion()).isEqualTo(2);
    assertThat(keys.put("a", v("2")).entry().version()).isEqualTo(3);
  }

  @Test
  void aCacheFollowsTheKeysUnderAPrefix() throws InterruptedException {
    keys.put("app/a", v("1"));
    keys.put("other", v("x"));
    var told = new ArrayList<String>();
    try (var cache = keys.cachePrefix("app/");
        var alone = keys.cache("app/b")) {
      cache.addListener(view -> told.add(view.entries().keySet().toString()));
      assertThat(cache.awaitReady(Duration.ofSeconds(1))).isTrue();
      assertThat(alone.awaitReady(Duration.ofSeconds(1))).isTrue();
      assertThat(cache.get("app/a").orElseThrow().value().text()).isEqualTo("1");
      assertThat(alone.entries()).isEmpty();

      keys.put("app/b", v("2"));
      keys.delete("app/a");
      watched().kill();
      keys.put("app/c", v("3"));
      loop.runFor(Duration.ofSeconds(5));

      assertThat(cache.entries().keySet()).containsExactly("app/b", "app/c");
      assertThat(cache.state().isLive()).isTrue();
      assertThat(alone.get("app/b").orElseThrow().value().text()).isEqualTo("2");
      assertThat(told).last().isEqualTo("[app/b, app/c]");
    }
  }

  private FakeNode watched() {
    return cluster.nodes().stream()
        .filter(it -> !it.watchStreams().isEmpty())
        .findFirst()
        .orElseThrow();
  }
}
