package dev.rollcall.server;

import static dev.rollcall.server.TestClient.instance;
import static dev.rollcall.server.TestClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RemoveCause;
import dev.rollcall.v1.UpdateRequest;
import dev.rollcall.v1.WatchMode;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchResponse.ResponseCase;
import dev.rollcall.v1.WatchScope;
import dev.rollcall.v1.WatchedChange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Watches of mode CHANGES over real gRPC. Each test has a service of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchChangesTest {
  private RegistryServer server;
  private TestClient client;
  private ByteString history;

  @BeforeAll
  void start(@TempDir Path directory) {
    server = TestNode.single(directory);
    client = new TestClient(server.clientAddress());
    history = client.register("first", "i-1", 60_000).getHeader().getHistoryId();
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  /** One revision, put together from its parts. */
  private record Changed(long revision, List<WatchedChange> changes) {}

  @Test
  void fromNowOnMeansFromTheRevisionThatIsNamed() {
    long before = client.register("now", "i-0", 60_000).getHeader().getRevision();
    var watch = client.watch();
    watch.send(Watching.create(changes("now").setStartRevision(0)));

    var created = Watching.next(watch).getCreated();
    assertThat(created.getStartRevision()).isGreaterThan(before);
    long first = client.register("now", "i-1", 60_000).getHeader().getRevision();
    client.register("elsewhere", "i-1", 60_000);
    long second = client.register("now", "i-2", 60_000).getHeader().getRevision();
    assertThat(take(watch, 2)).extracting(Changed::revision).containsExactly(first, second);
    watch.end();
  }

  @Test
  void whatTheRingDoesNotHaveComesFromTheLogAndGoesOnWithoutGapOrRepeat() {
    var expected = new ArrayList<Long>();
    for (int i = 0; i < 50; i++) {
      expected.add(client.register("resumed", "i-" + i, 60_000).getHeader().getRevision());
      client.register("resumed-not", "i-" + i, 60_000);
    }
    var watch = client.watch();
    watch.send(Watching.create(changes("resumed").setStartRevision(expected.get(10))));
    assertThat(Watching.next(watch).getCreated().getStartRevision()).isEqualTo(expected.get(10));
    for (int i = 50; i < 70; i++) {
      expected.add(client.register("resumed", "i-" + i, 60_000).getHeader().getRevision());
    }

    assertThat(take(watch, 60)).extracting(Changed::revision).isEqualTo(expected.subList(10, 70));
    watch.end();
  }

  @Test
  void aRevisionIsWholeAndHasWhatWasThereBefore() {
    var instances =
        IntStream.range(0, 900)
            .mapToObj(i ->
                instance("whole", "i-%03d".formatted(i)).toBuilder()
                    .putMetadata("m", "x".repeat(1_000))
                    .build())
            .toList();
    long first =
        client
            .registration()
            .register(
                RegisterRequest.newBuilder()
                    .addAllInstances(instances)
                    .setTtlMillis(60_000)
                    .build())
            .getHeader()
            .getRevision();
    client
        .registration()
        .update(UpdateRequest.newBuilder().setKey(key("whole", "i-007")).setWeight(7).build());
    client
        .registration()
        .deregister(DeregisterRequest.newBuilder().setKey(key("whole", "i-007")).build());

    var watch = client.watch();
    watch.send(Watching.create(changes("whole").setStartRevision(first).setPreviousValues(true)));
    Watching.next(watch);
    var revisions = take(watch, 3);
    assertThat(revisions.getFirst().revision()).isEqualTo(first);
    assertThat(revisions.getFirst().changes())
        .extracting(change -> change.getUpsert().getInstanceId())
        .hasSize(900)
        .isSorted();
    assertThat(revisions.getFirst().changes()).noneMatch(WatchedChange::hasPreviousInstance);
    var updated = revisions.get(1).changes().getFirst();
    assertThat(updated.getUpsert().getWeight()).isEqualTo(7);
    assertThat(updated.getPreviousInstance().getModRevision()).isEqualTo(first);
    var removed = revisions.get(2).changes().getFirst();
    assertThat(removed.getRemoval().getKey().getInstanceId()).isEqualTo("i-007");
    assertThat(removed.getRemoval().getCause()).isEqualTo(RemoveCause.REMOVE_CAUSE_DEREGISTERED);
    assertThat(removed.getPreviousInstance().getWeight()).isEqualTo(7);
    watch.end();
  }

  @Test
  void whatLeavesTheFilterIsGoneAndWhatEntersItIsThere() {
    long first = client.register("filtered", "i-1", 60_000).getHeader().getRevision();
    weight("filtered", 7);
    weight("filtered", 8);
    weight("filtered", 7);
    var watch = client.watch();
    watch.send(
        Watching.create(changes("filtered").setStartRevision(first).setFilter("weight == 7")));
    Watching.next(watch);

    var seen = take(watch, 3);
    assertThat(seen.get(0).changes().getFirst().hasUpsert()).isTrue();
    var left = seen.get(1).changes().getFirst();
    assertThat(left.getRemoval().getCause()).isEqualTo(RemoveCause.REMOVE_CAUSE_FILTERED);
    assertThat(left.hasPreviousInstance()).isFalse();
    assertThat(seen.get(2).changes().getFirst().hasUpsert()).isTrue();
    watch.end();
  }

  @Test
  void aStartInTheFutureIsWaitedFor() {
    long now = client.register("future", "i-0", 60_000).getHeader().getRevision();
    var watch = client.watch();
    watch.send(Watching.create(changes("future").setStartRevision(now + 3)));
    assertThat(Watching.next(watch).getCreated().getStartRevision()).isEqualTo(now + 3);
    for (int i = 1; i <= 3; i++) {
      client.register("future", "i-" + i, 60_000);
    }

    var seen = take(watch, 1).getFirst();
    assertThat(seen.revision()).isEqualTo(now + 3);
    assertThat(seen.changes().getFirst().getUpsert().getInstanceId()).isEqualTo("i-3");
    watch.end();
  }

  @Test
  void aStartOfAnotherHistoryOrOfNoneIsRefused() {
    var watch = client.watch();
    watch.send(
        Watching.create(
            changes("any").setStartRevision(1).setHistoryId(ByteString.copyFrom(new byte[16]))));
    var canceled = Watching.next(watch).getCanceled();
    assertThat(canceled.getReason()).isEqualTo(ErrorReason.HISTORY_CHANGED);
    assertThat(canceled.getHeader().getHistoryId()).isEqualTo(history);
    assertThat(canceled.getHeader().getRevision()).isPositive();

    watch.send(Watching.create(changes("any").setStartRevision(1).clearHistoryId()));
    assertThat(Watching.next(watch).getCanceled().getReason())
        .isEqualTo(ErrorReason.INVALID_REQUEST);
    watch.send(Watching.create(changes("any").setStartRevision(-1)));
    assertThat(Watching.next(watch).getCanceled().getReason())
        .isEqualTo(ErrorReason.INVALID_REQUEST);
    watch.end();
  }

  @Test
  void watchesOfOneStreamThatSeeTheSameAreToldByOneMessage() {
    var watch = client.watch();
    for (int id = 1; id <= 3; id++) {
      watch.send(Watching.create(changes("shared").setWatchId(id)));
      assertThat(Watching.next(watch).getResponseCase()).isEqualTo(ResponseCase.CREATED);
    }
    var told = new ArrayList<List<Long>>();
    for (int i = 0; told.isEmpty() || told.getLast().size() < 3; i++) {
      long revision = client.register("shared", "i-" + i, 60_000).getHeader().getRevision();
      var ids = new ArrayList<Long>();
      while (ids.size() < 3) {
        WatchResponse response = Watching.next(watch);
        assertThat(response.getChanges().getRevisions(0).getRevision()).isEqualTo(revision);
        ids.addAll(response.getWatchIdsList());
        told.add(response.getWatchIdsList());
      }
      assertThat(ids).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    // One that leaves is told no more, and the others are.
    watch.send(Watching.cancel(2));
    assertThat(Watching.next(watch).getWatchIdsList()).containsExactly(2L);
    client.register("shared", "last", 60_000);
    assertThat(Watching.next(watch).getWatchIdsList()).containsExactlyInAnyOrder(1L, 3L);
    watch.end();
  }

  @Test
  void keysHaveTheirChanges() {
    long first = put("lock/a", "1");
    put("other", "1");
    put("lock/a", "2");
    var watch = client.watch();
    watch.send(
        Watching.create(
            changes("")
                .setScope(WatchScope.WATCH_SCOPE_KEYS)
                .setKey("lock/")
                .setStartRevision(first)
                .setPreviousValues(true)));
    Watching.next(watch);

    var seen = take(watch, 2);
    assertThat(seen.get(0).changes().getFirst().hasPreviousKey()).isFalse();
    assertThat(seen.get(1).changes().getFirst().getKeyPut().getVersion()).isEqualTo(2);
    assertThat(seen.get(1).changes().getFirst().getPreviousKey().getValue().toStringUtf8())
        .isEqualTo("1");
    watch.end();
  }

  private long put(String key, String value) {
    return dev.rollcall.v1.KeysGrpc.newBlockingStub(client.channel())
        .putKey(
            dev.rollcall.v1.PutKeyRequest.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8(value))
                .build())
        .getHeader()
        .getRevision();
  }

  private void weight(String service, int weight) {
    client
        .registration()
        .update(UpdateRequest.newBuilder().setKey(key(service, "i-1")).setWeight(weight).build());
  }

  private CreateWatch.Builder changes(String service) {
    return CreateWatch.newBuilder()
        .setWatchId(1)
        .setService(service)
        .setMode(WatchMode.WATCH_MODE_CHANGES)
        .setHistoryId(history);
  }

  /** So many whole revisions. */
  private static List<Changed> take(
      TestClient.Stream<WatchRequest, WatchResponse> watch, int revisions) {
    var taken = new ArrayList<Changed>();
    var changes = new ArrayList<WatchedChange>();
    while (taken.size() < revisions) {
      WatchResponse response = Watching.next(watch);
      assertThat(response.getSerializedSize()).isLessThanOrEqualTo(33 << 10);
      for (var part : response.getChanges().getRevisionsList()) {
        assertThat(part.getWallMillis()).isPositive();
        changes.addAll(part.getChangesList());
        if (!part.getMore()) {
          taken.add(new Changed(part.getRevision(), List.copyOf(changes)));
          changes.clear();
        }
      }
    }
    assertThat(taken).hasSize(revisions);
    return taken;
  }
}
