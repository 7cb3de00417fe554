package dev.rollcall.server.gateway.eureka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {
  private final ConcurrentLinkedQueue<List<Long>> asked = new ConcurrentLinkedQueue<>();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore gathering = new Semaphore(0);
  private final CountDownLatch gathered = new CountDownLatch(1);
  private final Heartbeats heartbeats =
      new Heartbeats(
          (ids, deadline) -> {
            asked.add(ids);
            return ids.stream().map(id -> 10 * id).toList();
          },
          this::gather);

  @AfterEach
  void stop() {
    callers.close();
  }

  private void gather() {
    gathering.release();
    try {
      gathered.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Renews leases 1 to {@code count}, the first before the rest. */
  private List<Future<Long>> callers(Heartbeats of, int count) throws InterruptedException {
    var answers = new ArrayList<Future<Long>>();
    answers.add(callers.submit(() -> of.renew(1, 0)));
    gathering.acquire();
    for (long id = 2; id <= count; id++) {
      long leaseId = id;
      answers.add(callers.submit(() -> of.renew(leaseId, 0)));
    }
    return answers;
  }

  @Test
  void whoComesMeanwhileIsRenewedInTheSameRound() throws Exception {
    var answers = callers(heartbeats, Heartbeats.BATCH_MAX + 1);
    // One batch is full: what does not fit in has begun the next.
    gathering.acquire();
    gathered.countDown();

    long sum = 0;
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(10L * (i + 1));
      sum += i + 1;
    }
    assertThat(asked).extracting(List::size).containsExactlyInAnyOrder(Heartbeats.BATCH_MAX, 1);
    assertThat(asked.stream().flatMap(List::stream).mapToLong(Long::longValue).sum())
        .isEqualTo(sum);
  }

  @Test
  void whoComesLaterIsRenewedLater() {
    gathered.countDown();
    assertThat(heartbeats.renew(1, 0)).isEqualTo(10);
    assertThat(heartbeats.renew(2, 0)).isEqualTo(20);
    assertThat(asked).containsExactly(List.of(1L), List.of(2L));
  }

  @Test
  void aFailureIsTheAnswerOfAllAndTheNextAreAskedAgain() throws Exception {
    var failing =
        new Heartbeats(
            (ids, deadline) -> {
              throw StatusMapper.status(ErrorReason.NO_QUORUM, "none");
            },
            this::gather);
    var answers = callers(failing, 3);
    gathered.countDown();

    for (Future<Long> answer : answers) {
      assertThat(answer)
          .failsWithin(60, TimeUnit.SECONDS)
          .withThrowableOfType(java.util.concurrent.ExecutionException.class)
          .withCauseInstanceOf(StatusRuntimeException.class);
    }
    assertThatThrownBy(() -> failing.renew(1, 0)).isInstanceOf(StatusRuntimeException.class);
  }
}
