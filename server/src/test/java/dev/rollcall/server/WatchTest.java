package dev.rollcall.server;

import static dev.rollcall.server.TestClient.instance;
import static dev.rollcall.server.TestClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RemoveCause;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchMode;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchResponse.ResponseCase;
import dev.rollcall.v1.WatchScope;
import dev.rollcall.v1.WatchSnapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Watch streams over real gRPC. Each test has a service of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchTest {
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
  void aWatchBeginsWithTheStateAndGoesOnWithEachChangeLinkedToTheOneBefore() {
    long first = client.register("linked", "i-1", 60_000).getHeader().getRevision();
    var watch = client.watch();
    watch.send(Watching.create(7, "LINKED"));

    WatchResponse created = Watching.next(watch);
    assertThat(created.getWatchIds(0)).isEqualTo(7);
    assertThat(created.getCreated().getHeader().getRevision()).isGreaterThanOrEqualTo(first);
    WatchSnapshot snapshot = Watching.next(watch).getSnapshot();
    assertThat(snapshot.getRevision()).isEqualTo(first);
    assertThat(snapshot.getLast()).isTrue();
    assertThat(snapshot.getReset()).isFalse();
    assertThat(snapshot.getInstancesList())
        .extracting(Instance::getInstanceId)
        .containsExactly("i-1");

    // A change elsewhere in between says nothing here.
    client.register("elsewhere", "i-1", 60_000);
    long second = client.register("linked", "i-2", 60_000).getHeader().getRevision();
    client
        .registration()
        .deregister(DeregisterRequest.newBuilder().setKey(key("linked", "i-1")).build());

    WatchDelta added = Watching.next(watch).getDeltas().getDeltas(0);
    assertThat(added.getPreviousRevision()).isEqualTo(first);
    assertThat(added.getRevision()).isEqualTo(second);
    assertThat(added.getUpserts(0).getInstanceId()).isEqualTo("i-2");
    WatchDelta removed = Watching.next(watch).getDeltas().getDeltas(0);
    assertThat(removed.getPreviousRevision()).isEqualTo(second);
    assertThat(removed.getRemoves(0).getInstanceId()).isEqualTo("i-1");
    assertThat(removed.getRemoves(0).getCause()).isEqualTo(RemoveCause.REMOVE_CAUSE_DEREGISTERED);
    watch.end();
  }

  @Test
  void aLargeStateComesInPartsAndADeltaIsOneRevision() {
    var watch = client.watch();
    watch.send(Watching.create(1, "parts"));
    Watching.next(watch);
    assertThat(Watching.next(watch).getSnapshot().getRevision()).isZero();
    var instances =
        IntStream.range(0, 900)
            .mapToObj(i ->
                instance("parts", "i-%03d".formatted(i)).toBuilder()
                    .putMetadata("m", "x".repeat(1_000))
                    .build())
            .toList();
    client
        .registration()
        .register(
            RegisterRequest.newBuilder().addAllInstances(instances).setTtlMillis(60_000).build());

    var registered = new ArrayList<String>();
    boolean more = true;
    while (more) {
      WatchResponse response = Watching.next(watch);
      assertThat(response.getSerializedSize()).isLessThanOrEqualTo(33 << 10);
      for (WatchDelta part : response.getDeltas().getDeltasList()) {
        assertThat(part.getRevision()).isEqualTo(part.getUpserts(0).getModRevision());
        assertThat(part.getPreviousRevision()).isZero();
        part.getUpsertsList().forEach(i -> registered.add(i.getInstanceId()));
        more = part.getMore();
      }
    }
    assertThat(registered).hasSize(900).isSorted();

    watch.send(Watching.create(2, "parts"));
    assertThat(Watching.next(watch).getResponseCase()).isEqualTo(ResponseCase.CREATED);
    var ids = new ArrayList<String>();
    int parts = 0;
    boolean last = false;
    while (!last) {
      WatchResponse response = Watching.next(watch);
      assertThat(response.getSerializedSize()).isLessThanOrEqualTo(64 << 10);
      response.getSnapshot().getInstancesList().forEach(i -> ids.add(i.getInstanceId()));
      last = response.getSnapshot().getLast();
      parts++;
    }
    assertThat(parts).isGreaterThan(10);
    assertThat(ids).hasSize(900).isSorted();
    watch.end();
  }

  @Test
  void manyWatchesShareAStreamAndEndOneByOne() {
    var watch = client.watch();
    Set<Long> standing = new HashSet<>();
    for (long id = 1; id <= 500; id++) {
      watch.send(Watching.create(id, "shared-" + id));
    }
    for (int i = 0; i < 1_000; i++) {
      WatchResponse response = Watching.next(watch);
      if (response.hasSnapshot()) {
        standing.add(response.getWatchIds(0));
      }
    }
    assertThat(standing).hasSize(500);

    watch.send(Watching.cancel(33));
    WatchResponse canceled = Watching.next(watch);
    assertThat(canceled.getWatchIds(0)).isEqualTo(33);
    assertThat(canceled.getCanceled().getReason()).isEqualTo(ErrorReason.ERROR_REASON_UNSPECIFIED);

    client.register("shared-33", "i-1", 60_000);
    client.register("shared-34", "i-1", 60_000);
    assertThat(Watching.next(watch).getWatchIds(0)).isEqualTo(34);

    // The number is free again.
    watch.send(Watching.create(33, "shared-33"));
    assertThat(Watching.next(watch).getResponseCase()).isEqualTo(ResponseCase.CREATED);
    assertThat(Watching.next(watch).getSnapshot().getInstancesCount()).isEqualTo(1);
    watch.end();
  }

  @Test
  void aWatchThatAsksForARevisionWaitsForIt() {
    var header = client.register("waited", "i-1", 60_000).getHeader();
    var watch = client.watch();
    watch.send(
        Watching.create(
            CreateWatch.newBuilder()
                .setWatchId(1)
                .setService("waited")
                .setHistoryId(header.getHistoryId())
                .setMinRevision(server.storeStatus().revision() + 2)));
    // Stands at once, though it was asked for later: the first one really waits.
    watch.send(Watching.create(2, "waited"));
    assertThat(Watching.next(watch).getWatchIds(0)).isEqualTo(2);
    assertThat(Watching.next(watch).getWatchIds(0)).isEqualTo(2);

    client.register("waited", "i-2", 60_000);
    client.register("waited", "i-3", 60_000);

    long found =
        Stream.generate(() -> Watching.next(watch))
            .filter(response -> response.getWatchIds(0) == 1 && response.hasSnapshot())
            .mapToLong(response -> response.getSnapshot().getInstancesCount())
            .findFirst()
            .orElseThrow();
    assertThat(found).isEqualTo(3);
    watch.end();
  }

  static Stream<Arguments> refusals() {
    ByteString otherHistory = ByteString.copyFrom(new byte[16]);
    return Stream.of(
        Arguments.of(ErrorReason.INVALID_NAME, create().setService("a b")),
        Arguments.of(ErrorReason.INVALID_NAME, create().setNamespace("a b")),
        Arguments.of(ErrorReason.INVALID_FILTER, create().setFilter("meta.env ==")),
        Arguments.of(
            ErrorReason.INVALID_REQUEST,
            create()
                .setMode(WatchMode.WATCH_MODE_CHANGES)
                .setScope(WatchScope.WATCH_SCOPE_SERVICE_NAMES)),
        Arguments.of(
            ErrorReason.INVALID_REQUEST,
            create().setScope(WatchScope.WATCH_SCOPE_SERVICE_NAMES).setFilter("weight > 1")),
        Arguments.of(ErrorReason.INVALID_NAME, create().setScope(WatchScope.WATCH_SCOPE_INSTANCE)),
        Arguments.of(ErrorReason.INVALID_REQUEST, create().setPreviousValues(true)),
        Arguments.of(ErrorReason.NOT_SUPPORTED, create().setModeValue(77)),
        Arguments.of(ErrorReason.NOT_SUPPORTED, create().setScopeValue(77)),
        Arguments.of(ErrorReason.HISTORY_CHANGED, create().setHistoryId(otherHistory)),
        Arguments.of(ErrorReason.INVALID_REQUEST, create().setMinRevision(-1)),
        Arguments.of(ErrorReason.INVALID_REQUEST, create().setMinRevision(5)),
        Arguments.of(ErrorReason.INVALID_REQUEST, create().setStartRevision(5)));
  }

  @ParameterizedTest(name = "{0} #{index}")
  @MethodSource("refusals")
  void aWatchThatCannotBeIsCanceledWithItsReasonAndTheStreamGoesOn(
      ErrorReason reason, CreateWatch.Builder create) {
    var watch = client.watch();
    watch.send(Watching.create(create));

    WatchResponse canceled = Watching.next(watch);
    assertThat(canceled.getWatchIds(0)).isEqualTo(1);
    assertThat(canceled.getCanceled().getReason()).isEqualTo(reason);
    assertThat(canceled.getCanceled().getMessage()).isNotEmpty();
    watch.send(Watching.create(1, "fine"));
    assertThat(Watching.next(watch).getResponseCase()).isEqualTo(ResponseCase.CREATED);
    watch.end();
  }

  @Test
  void aNumberInUseOrNoRequestAtAllEndsTheStream() {
    var twice = client.watch();
    twice.send(Watching.create(1, "twice"));
    twice.send(Watching.create(1, "other"));
    assertThat(twice.ending()).isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");

    var zero = client.watch();
    zero.send(Watching.create(0, "zero"));
    assertThat(zero.ending()).isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");

    var empty = client.watch();
    empty.send(WatchRequest.getDefaultInstance());
    assertThat(empty.ending()).isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
  }

  @Test
  void theTenThousandAndFirstWatchOfAStreamIsCanceled() {
    var watch = client.watch();
    for (long id = 1; id <= 10_001; id++) {
      watch.send(Watching.create(id, "s-" + id % 100));
    }

    WatchResponse canceled =
        Stream.generate(() -> Watching.next(watch))
            .filter(WatchResponse::hasCanceled)
            .findFirst()
            .orElseThrow();
    assertThat(canceled.getWatchIds(0)).isEqualTo(10_001);
    assertThat(canceled.getCanceled().getReason()).isEqualTo(ErrorReason.TOO_MANY_WATCHES);
    watch.end();
  }

  @Test
  void aConnectionHasAHundredThousandWatchesAndAnotherOneItsOwn(@TempDir Path directory) {
    try (var greedyServer = TestNode.single(directory);
        var greedy = new TestClient(greedyServer.clientAddress());
        var other = new TestClient(greedyServer.clientAddress())) {
      for (int stream = 0; stream < 10; stream++) {
        var watch = greedy.watch();
        for (long id = 1; id <= 10_000; id++) {
          watch.send(Watching.create(id, "greedy"));
        }
      }
      Scrape.await(greedyServer, "rollcall_watch_watches", 100_000);

      var refused = greedy.watch();
      refused.send(Watching.create(1, "greedy"));
      WatchResponse canceled = Watching.next(refused);
      assertThat(canceled.getCanceled().getReason()).isEqualTo(ErrorReason.TOO_MANY_WATCHES);

      var served = other.watch();
      served.send(Watching.create(1, "greedy"));
      assertThat(Watching.next(served).hasCreated()).isTrue();
    }
  }

  @Test
  void anIdleWatchIsToldHowFarTheNodeHasComeAndNeverBeforeWhatHappened(@TempDir Path directory)
      throws InterruptedException {
    var fast =
        new Clock() {
          @Override
          public long nanoTime() {
            return 20 * System.nanoTime();
          }

          @Override
          public long wallMillis() {
            return System.currentTimeMillis();
          }
        };
    try (var fastServer =
            RegistryServer.start(TestNode.config(directory), UnaryOperator.identity(), fast);
        var fastClient = new TestClient(fastServer.clientAddress())) {
      var watch = fastClient.watch();
      watch.send(Watching.create(1, "idle"));
      long first = fastClient.register("idle", "i-1", 3_600_000).getHeader().getRevision();
      long second = fastClient.register("other", "i-1", 3_600_000).getHeader().getRevision();

      long told = 0;
      long progress = 0;
      while (progress < second) {
        WatchResponse response = watch.next();
        if (response.hasSnapshot()) {
          told = response.getSnapshot().getRevision();
        } else if (response.hasDeltas()) {
          told = response.getDeltas().getDeltas(0).getRevision();
        } else if (response.hasProgress()) {
          progress = response.getProgress().getRevision();
          assertThat(progress < first || told >= first).isTrue();
        }
      }
      assertThat(told).isEqualTo(first);
    }
  }

  private static CreateWatch.Builder create() {
    return CreateWatch.newBuilder().setWatchId(1).setService("refused");
  }
}
