package dev.rollcall.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Payload;
import dev.rollcall.store.Outcome;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SubmissionTest {
  private final Heard<Outcome> heard = new Heard<>();
  private final AtomicInteger released = new AtomicInteger();
  private final Pending<Outcome> pending =
      new Pending<>(0, Submission.NOT_EXECUTED, heard, released::incrementAndGet);
  private final Submission submission = new Submission(Payload.EMPTY, true, false, 1, pending);

  @Test
  void whatIsAnsweredIsNotAttempted() {
    pending.expire();

    assertThat(submission.begin()).isZero();
    assertThat(heard.failure()).isEqualTo(Failure.NO_QUORUM);
    assertThat(released).hasValue(1);
  }

  @Test
  void anAttemptUnderWayIsUnknownAtTheDeadline() {
    submission.begin();
    pending.expire();

    assertThat(heard.failure()).isEqualTo(Failure.INDETERMINATE);
  }

  @Test
  void anAttemptThatCameToNothingLeavesNothingExecuted() {
    int attempt = submission.begin();
    assertThat(submission.cameToNothing(attempt)).isTrue();
    pending.expire();

    assertThat(heard.failure()).isEqualTo(Failure.NO_QUORUM);
  }

  @Test
  void onceAnAttemptBrokeOffTheOutcomeStaysUnknown() {
    assertThat(submission.brokeOff(submission.begin())).isTrue();
    assertThat(submission.cameToNothing(submission.begin())).isTrue();
    pending.expire();

    assertThat(heard.failure()).isEqualTo(Failure.INDETERMINATE);
  }

  @Test
  void newsOfAnOlderAttemptIsIgnored() {
    int first = submission.begin();
    submission.brokeOff(first);
    int second = submission.begin();

    assertThat(submission.cameToNothing(first)).isFalse();
    assertThat(submission.brokeOff(first)).isFalse();
    assertThat(submission.timesBrokenOff()).isOne();
    assertThat(submission.cameToNothing(second)).isTrue();
    assertThat(submission.cameToNothing(second)).isFalse();
  }
}
