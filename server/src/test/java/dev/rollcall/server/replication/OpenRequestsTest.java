package dev.rollcall.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.replication.Result.Done;
import dev.rollcall.server.replication.Result.Failed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OpenRequestsTest {
  private static final Failed<String> TOO_LATE = new Failed<>(Failure.NO_QUORUM, "too late");

  private final HandClock clock = new HandClock();
  private final Timers timers = new Timers(clock.nanoTime());
  private final OpenRequests requests =
      new OpenRequests(new ReplicationLimits(3, 100, Duration.ofSeconds(1), 1), timers, clock);
  private final List<Result<String>> answers = new ArrayList<>();

  @Test
  void answersAtTheDeadlineAndNotBefore() {
    admit(10, Duration.ofSeconds(2));
    tickAfter(Duration.ofMillis(1_999));
    assertThat(answers).isEmpty();

    tickAfter(Duration.ofMillis(11));
    assertThat(answers).containsExactly(TOO_LATE);
    assertThat(requests.count()).isZero();
  }

  @Test
  void theDeadlineFindsTheVerdictOfTheMoment() {
    var pending = admit(10, Duration.ofSeconds(2));
    var unknown = new Failed<String>(Failure.INDETERMINATE, "unknown");
    assertThat(pending.expect(unknown)).isTrue();
    tickAfter(Duration.ofSeconds(3));

    assertThat(answers).containsExactly(unknown);
    assertThat(pending.expect(TOO_LATE)).isFalse();
  }

  @Test
  void anAnswerIsGivenOnceWhoeverElseComes() {
    var pending = admit(10, Duration.ofSeconds(2));
    pending.done("yes");
    pending.done("again");
    pending.fail(TOO_LATE);
    tickAfter(Duration.ofSeconds(3));

    assertThat(answers).containsExactly(new Done<>("yes"));
  }

  @Test
  void aDeadlineThatHasPassedIsNotAdmitted() {
    requests.<String>admit(10, clock.nanoTime(), TOO_LATE, answers::add);

    assertThat(answers).containsExactly(TOO_LATE);
    assertThat(requests.count()).isZero();
  }

  @Test
  void refusesMoreRequestsThanTheLimitUntilOneIsAnswered() {
    var first = admit(1, Duration.ofSeconds(2));
    admit(1, Duration.ofSeconds(2));
    admit(1, Duration.ofSeconds(2));
    assertIsRefused(1);

    first.done("yes");
    admit(1, Duration.ofSeconds(2));
  }

  @Test
  void refusesMoreBytesThanTheLimitUntilSomeAreAnswered() {
    var first = admit(60, Duration.ofSeconds(2));
    admit(40, Duration.ofSeconds(2));
    assertIsRefused(1);

    first.done("yes");
    admit(60, Duration.ofSeconds(2));
  }

  @Test
  void closingAnswersEverythingAndAdmitsNothingMore() {
    admit(1, Duration.ofHours(2));
    admit(1, Duration.ofSeconds(2));
    requests.close();
    assertThat(answers).containsExactly(TOO_LATE, TOO_LATE);

    requests.<String>admit(1, clock.in(Duration.ofSeconds(1)), TOO_LATE, answers::add);
    assertThat(answers).hasSize(3);
    assertThat(answers.getLast())
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.failure()).isEqualTo(Failure.NOT_READY));
  }

  @Test
  void threadsThatRaceForTheAnswerGiveItOnce() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 500; round++) {
        var given = new AtomicInteger();
        var pending =
            requests
                .<String>admit(
                    1, clock.in(Duration.ofMillis(5)), TOO_LATE, r -> given.incrementAndGet())
                .orElseThrow();
        clock.pass(Duration.ofMillis(random.nextInt(40)));
        race(
            threads,
            () -> pending.done("yes"),
            () -> timers.runDue(clock.nanoTime()),
            () -> pending.fail(TOO_LATE),
            () -> pending.done("no"));
        assertThat(given).as("round %d, seed %d", round, seed).hasValue(1);
        assertThat(requests.count()).isZero();
      }
    }
  }

  private static void race(ExecutorService threads, Runnable... racers)
      throws InterruptedException, ExecutionException {
    var start = new CountDownLatch(1);
    var ends = new ArrayList<Future<?>>();
    for (Runnable racer : racers) {
      ends.add(
          threads.submit(() -> {
            start.await();
            racer.run();
            return null;
          }));
    }
    start.countDown();
    for (var end : ends) {
      end.get();
    }
  }

  private Pending<String> admit(int bytes, Duration wait) {
    return requests.<String>admit(bytes, clock.in(wait), TOO_LATE, answers::add).orElseThrow();
  }

  private void assertIsRefused(int bytes) {
    var refused = new ArrayList<Result<String>>();
    assertThat(
            requests.<String>admit(bytes, clock.in(Duration.ofSeconds(2)), TOO_LATE, refused::add))
        .isEmpty();
    assertThat(refused)
        .singleElement()
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.failure()).isEqualTo(Failure.OVERLOADED));
  }

  private void tickAfter(Duration time) {
    clock.pass(time);
    timers.runDue(clock.nanoTime());
  }
}
