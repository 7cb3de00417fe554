package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.entry;
import static dev.rollcall.raft.core.Members.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One peer's progress, and the window of messages on their way to it. */
class ProgressTest {
  private final Progress progress = new Progress(id(2), 11, 0, new AppendWindow(2, 1000));

  @Test
  void probesUntilASuccess() {
    assertThat(progress.maySend()).isTrue();
    send(3);
    assertThat(progress.maySend()).isFalse();
    assertThat(progress.nextIndex()).as("a probe promises nothing").isEqualTo(11);
    assertThat(progress.accepted(13, 0)).isTrue();
    assertThat(progress.isProbing()).isFalse();
    assertThat(progress.nextIndex()).isEqualTo(14);
  }

  @Test
  void goesBackAtLeastOneStepWithEveryRefusedProbe() {
    send(1);
    assertThat(progress.concerns(10)).isTrue();
    progress.refused(10); // a guess that would change nothing
    assertThat(progress.nextIndex()).isEqualTo(10);
    assertThat(progress.maySend()).isTrue();
    progress.refused(3);
    assertThat(progress.nextIndex()).isEqualTo(4);
  }

  @Test
  void neverGoesBackBehindWhatIsAcknowledged() {
    progress.accepted(10, 0);
    send(2);
    send(2);
    assertThat(progress.concerns(10)).isFalse();
    assertThat(progress.concerns(12)).isTrue();
    progress.refused(2);
    assertThat(progress.isProbing()).isTrue();
    assertThat(progress.nextIndex()).isEqualTo(11);
    assertThat(progress.concerns(10)).as("a refusal of what is acknowledged is late").isFalse();
    assertThat(progress.accepted(7, 0)).isFalse();
    assertThat(progress.matchIndex()).isEqualTo(10);
    assertThat(progress.isProbing()).as("so is a success from before").isTrue();
  }

  @Test
  void aRefusalOfSomethingNeverSentMeansNothing() {
    progress.accepted(10, 0);
    send(2);
    assertThat(progress.concerns(13)).isFalse();
    assertThat(progress.concerns(12)).as("an empty message after the last").isTrue();
  }

  @Test
  void owesTheCommitIndexOnceAndOnlyOfWhatWasSent() {
    assertThat(progress.owesCommit(10)).as("not while probing").isFalse();
    progress.accepted(10, 0);
    assertThat(progress.owesCommit(10)).isTrue();
    progress.sent(RaftLog.Slice.EMPTY, 12, 0);
    assertThat(progress.owesCommit(12)).isFalse();
    send(1);
    assertThat(progress.owesCommit(12)).as("11 was sent since").isTrue();
    assertThat(progress.heartbeatCommit(12)).isEqualTo(10);
    assertThat(progress.owesCommit(12)).isTrue();
  }

  @Test
  void stallsWhenSomethingIsUnansweredForTooLong() {
    assertThat(progress.hasStalled(100, 5)).as("nothing is under way").isFalse();
    progress.accepted(10, 100);
    send(1, 100);
    send(1, 103);
    assertThat(progress.hasStalled(104, 5)).isFalse();
    assertThat(progress.hasStalled(105, 5)).isTrue();
    assertThat(progress.hasStalled(109, 5)).as("asked at 105").isFalse();
    progress.accepted(11, 109);
    assertThat(progress.hasStalled(113, 5)).isFalse();
    progress.accepted(12, 113);
    assertThat(progress.hasStalled(500, 5)).as("all answered").isFalse();
  }

  @Test
  void theWindowIsFullByMessagesOrByBytes() {
    var window = new AppendWindow(3, 100);
    window.add(slice(1, 40));
    window.add(slice(2, 50));
    assertThat(window.isFull()).isFalse();
    window.add(slice(3, 1));
    assertThat(window.isFull()).as("three messages").isTrue();
    window.release(1);
    assertThat(window.isFull()).isFalse();
    window.add(slice(4, 60));
    assertThat(window.isFull()).isTrue();
    window.release(3);
    window.add(slice(9, 40));
    assertThat(window.isFull()).as("100 bytes in two messages").isTrue();
    window.release(8);
    assertThat(window.isFull()).isFalse();
    window.release(9);
    assertThat(window.isEmpty()).isTrue();
  }

  /** One batch being written and one waiting: twice what is answered at once. */
  @Test
  void theWindowFollowsWhatIsAnsweredAtOnce() {
    var window = new AppendWindow(16, 16_000);
    long sent = 0;
    long answered = 0;
    for (int batches = 0; batches < 20; batches++) {
      while (!window.isFull()) {
        window.add(slice(++sent, 10));
      }
      window.release(++answered);
      window.turn();
    }
    assertThat(sent - answered + 1).as("a disk that takes one at a time").isEqualTo(2);
    while (!window.isFull()) {
      window.add(slice(++sent, 10));
    }
    window.release(sent);
    window.turn();
    answered = sent;
    while (!window.isFull()) {
      window.add(slice(++sent, 10));
    }
    assertThat(sent - answered).as("one that took all there was").isEqualTo(4);
    for (int batches = 0; batches < 5; batches++) {
      window.release(sent);
      window.turn();
      answered = sent;
      while (!window.isFull()) {
        window.add(slice(++sent, 10));
      }
    }
    assertThat(sent - answered).as("never more than the most").isEqualTo(16);
  }

  private void send(int entries) {
    send(entries, 0);
  }

  private void send(int entries, long now) {
    var list = new ArrayList<Entry>();
    for (int i = 0; i < entries; i++) {
      list.add(entry(2, progress.nextIndex() + i));
    }
    progress.sent(new RaftLog.Slice(List.copyOf(list), 10), 0, now);
  }

  private static RaftLog.Slice slice(long lastIndex, long bytes) {
    return new RaftLog.Slice(List.of(entry(1, lastIndex)), bytes);
  }
}
