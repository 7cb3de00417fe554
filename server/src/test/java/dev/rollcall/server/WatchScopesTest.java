package dev.rollcall.server;

import static dev.rollcall.server.TestClient.instance;
import static dev.rollcall.server.TestClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.v1.AckRevision;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.DeleteKeysRequest;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.KeysGrpc;
import dev.rollcall.v1.PutKeyRequest;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RemoveCause;
import dev.rollcall.v1.UpdateRequest;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchScope;
import dev.rollcall.v1.WatchSnapshot;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What can be watched beside one service, as a state, over real gRPC. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchScopesTest {
  private RegistryServer server;
  private TestClient client;

  @BeforeAll
  void start(@TempDir Path directory) {
    server = TestNode.single(directory);
    client = new TestClient(server.clientAddress());
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void anInstanceThatLeavesTheFilterIsGoneAndComesBackWhole() {
    long first = client.register("fits", "i-1", 60_000).getHeader().getRevision();
    client.register("fits", "i-2", 60_000);
    weight("fits", "i-2", 2);
    var watch = client.watch();
    watch.send(Watching.create(create("fits").setFilter("weight != 2")));
    Watching.next(watch);
    assertThat(Watching.next(watch).getSnapshot().getInstancesList())
        .extracting(Instance::getInstanceId)
        .containsExactly("i-1");

    weight("fits", "i-2", 2);
    weight("fits", "i-1", 2);
    WatchDelta left = Watching.next(watch).getDeltas().getDeltas(0);
    assertThat(left.getPreviousRevision()).isGreaterThan(first);
    assertThat(left.getRemoves(0).getInstanceId()).isEqualTo("i-1");
    assertThat(left.getRemoves(0).getCause()).isEqualTo(RemoveCause.REMOVE_CAUSE_FILTERED);
    weight("fits", "i-2", 3);
    WatchDelta entered = Watching.next(watch).getDeltas().getDeltas(0);
    assertThat(entered.getPreviousRevision()).isEqualTo(left.getRevision());
    assertThat(entered.getUpserts(0).getInstanceId()).isEqualTo("i-2");
    watch.end();
  }

  @Test
  void oneInstanceIsWatchedByItself() {
    client.register("one", "i-1", 60_000);
    var watch = client.watch();
    watch.send(
        Watching.create(
            create("one").setScope(WatchScope.WATCH_SCOPE_INSTANCE).setInstanceId("i-2")));
    Watching.next(watch);
    assertThat(Watching.next(watch).getSnapshot().getInstancesList()).isEmpty();
    client.register("one", "i-3", 60_000);
    long second = client.register("one", "i-2", 60_000).getHeader().getRevision();

    WatchDelta delta = Watching.next(watch).getDeltas().getDeltas(0);
    assertThat(delta.getRevision()).isEqualTo(second);
    assertThat(delta.getUpserts(0).getInstanceId()).isEqualTo("i-2");
    watch.end();
  }

  @Test
  void manyServicesComeOneAfterTheOtherAndThenChangeByChange() {
    client.register("wide-a", "i-1", 60_000);
    client.register("wide-b", "i-1", 60_000);
    client.register("narrow", "i-1", 60_000);
    var watch = client.watch();
    watch.send(Watching.create(create("WIDE-").setScope(WatchScope.WATCH_SCOPE_SERVICES)));
    Watching.next(watch);
    WatchSnapshot a = Watching.next(watch).getSnapshot();
    assertThat(a.getService()).isEqualTo("wide-a");
    assertThat(a.getLast()).isFalse();
    WatchSnapshot b = Watching.next(watch).getSnapshot();
    assertThat(b.getService()).isEqualTo("wide-b");
    assertThat(b.getInstances(0).getInstanceId()).isEqualTo("i-1");
    WatchSnapshot last = Watching.next(watch).getSnapshot();
    assertThat(last.getLast()).isTrue();
    assertThat(last.getRevision()).isGreaterThanOrEqualTo(b.getRevision());

    // One revision that changes two services comes as two deltas that belong together.
    long both =
        client
            .registration()
            .register(
                RegisterRequest.newBuilder()
                    .addInstances(instance("wide-b", "i-2"))
                    .addInstances(instance("wide-c", "i-1"))
                    .setTtlMillis(60_000)
                    .build())
            .getHeader()
            .getRevision();
    var deltas = Watching.next(watch).getDeltas().getDeltasList();
    assertThat(deltas).extracting(WatchDelta::getService).containsExactly("wide-b", "wide-c");
    assertThat(deltas).extracting(WatchDelta::getMore).containsExactly(true, false);
    assertThat(deltas).extracting(WatchDelta::getRevision).containsOnly(both);
    assertThat(deltas)
        .extracting(WatchDelta::getPreviousRevision)
        .containsExactly(b.getRevision(), 0L);
    watch.end();
  }

  @Test
  void namesComeAndGoWithTheFirstAndTheLastInstance() {
    client.register("name-a", "i-1", 60_000);
    var watch = client.watch();
    watch.send(Watching.create(create("name-").setScope(WatchScope.WATCH_SCOPE_SERVICE_NAMES)));
    Watching.next(watch);
    assertThat(Watching.next(watch).getSnapshot().getNamesList()).containsExactly("name-a");
    client.register("name-B", "i-1", 60_000);
    client.register("name-b", "i-2", 60_000);
    deregister("name-a", "i-1");

    assertThat(Watching.next(watch).getDeltas().getDeltas(0).getNamesAddedList())
        .containsExactly("name-B");
    assertThat(Watching.next(watch).getDeltas().getDeltas(0).getNamesRemovedList())
        .containsExactly("name-a");
    watch.end();
  }

  @Test
  void keysAreAStateToo() {
    put("cfg/a", "1");
    put("cfg/b", "1");
    var watch = client.watch();
    watch.send(Watching.create(create("").setScope(WatchScope.WATCH_SCOPE_KEYS).setKey("cfg/")));
    Watching.next(watch);
    WatchSnapshot snapshot = Watching.next(watch).getSnapshot();
    assertThat(snapshot.getKeysList())
        .extracting(key -> key.getKey())
        .containsExactly("cfg/a", "cfg/b");
    assertThat(snapshot.getLast()).isTrue();
    watch.send(
        Watching.create(
            create("").setWatchId(2).setScope(WatchScope.WATCH_SCOPE_KEY).setKey("cfg/c")));
    Watching.next(watch);
    assertThat(Watching.next(watch).getSnapshot().getKeysList()).isEmpty();

    keys().deleteKeys(DeleteKeysRequest.newBuilder().setKey("cfg/a").build());
    WatchDelta deleted = Watching.next(watch).getDeltas().getDeltas(0);
    assertThat(deleted.getKeysDeleted(0).getKey()).isEqualTo("cfg/a");
    assertThat(deleted.getPreviousRevision()).isEqualTo(snapshot.getRevision());
    put("cfg/c", "2");
    for (int i = 0; i < 2; i++) {
      assertThat(Watching.next(watch).getDeltas().getDeltas(0).getKeysPut(0).getKey())
          .isEqualTo("cfg/c");
    }
    watch.end();
  }

  @Test
  void acknowledgementsTellHowLongChangesTake() {
    var watch = client.watch();
    watch.send(Watching.create(create("told")));
    Watching.next(watch);
    Watching.next(watch);
    double before = Scrape.value(server, "rollcall_watch_propagation_seconds_count");
    client.register("told", "i-1", 60_000);
    long revision = Watching.next(watch).getDeltas().getDeltas(0).getRevision();
    for (int i = 0; i < 2; i++) {
      // The second time says nothing new.
      watch.send(
          WatchRequest.newBuilder()
              .setAck(AckRevision.newBuilder().setRevision(revision).setAppliedMicrosAgo(1))
              .build());
    }

    Scrape.await(server, "rollcall_watch_propagation_seconds_count", before + 1);
    watch.end();
  }

  private KeysGrpc.KeysBlockingStub keys() {
    return KeysGrpc.newBlockingStub(client.channel());
  }

  private void put(String key, String value) {
    var unused =
        keys()
            .putKey(
                PutKeyRequest.newBuilder()
                    .setKey(key)
                    .setValue(ByteString.copyFromUtf8(value))
                    .build());
  }

  private void weight(String service, String id, int weight) {
    var unused =
        client
            .registration()
            .update(UpdateRequest.newBuilder().setKey(key(service, id)).setWeight(weight).build());
  }

  private void deregister(String service, String id) {
    var unused =
        client
            .registration()
            .deregister(DeregisterRequest.newBuilder().setKey(key(service, id)).build());
  }

  private static CreateWatch.Builder create(String service) {
    return CreateWatch.newBuilder().setWatchId(1).setService(service);
  }
}
