package dev.rollcall.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Outbound;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.driver.SnapshotMessage.FetchSnapshot;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotChunk;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotGone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SnapshotSourceTest {
  private static final NodeId A = new NodeId(0, 1);
  private static final NodeId B = new NodeId(0, 2);
  private static final NodeId C = new NodeId(0, 3);
  private static final SnapshotConfig CONFIG =
      new SnapshotConfig(
          1,
          1_000,
          Duration.ofSeconds(1),
          4,
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(1));
  private static final Configuration MEMBERS =
      Configuration.ofVoters(List.of(new Member(A, "p:1", "c:1")));

  private final List<Sent> sent = new ArrayList<>();
  private int pins;
  private int open;
  private long nowNanos;
  private final SnapshotSource source =
      new SnapshotSource(CONFIG, new Wire(), () -> pins++, 100, 0);

  @Test
  void whoBeginsAtAboutTheSameTimeSharesASnapshot() {
    ask(A, SnapshotMessage.ANY, 5, Payload.EMPTY);
    ask(B, SnapshotMessage.ANY, 7, Payload.EMPTY);
    assertThat(pins).isEqualTo(1);
    assertThat(source.idleNanosMax(nowNanos)).isEqualTo(Long.MAX_VALUE);
    pinned(7);
    run(Duration.ofSeconds(1));
    assertThat(sent).extracting(Sent::to).containsExactly(A, B);
    assertThat(sent.getFirst().message().snapshotId())
        .isEqualTo(sent.getLast().message().snapshotId());
    assertThat(source.pinnedIndex()).isEqualTo(OptionalLong.of(7));
  }

  @Test
  void whoNeedsALaterOneGetsAnotherAndTheLogIsKeptForBoth() {
    ask(A, SnapshotMessage.ANY, 5, Payload.EMPTY);
    pinned(7);
    run(Duration.ofMillis(10));
    ask(B, SnapshotMessage.ANY, 8, Payload.EMPTY);
    assertThat(source.isPinning()).isTrue();
    pinned(9);
    run(Duration.ofSeconds(1));
    assertThat(sent).extracting(Sent::to).containsExactly(A, B);
    assertThat(source.pinnedIndex()).isEqualTo(OptionalLong.of(7));
  }

  @Test
  void aThirdOneIsTakenOnlyInThePlaceOfOneThatIsIdle() {
    ask(A, SnapshotMessage.ANY, 5, Payload.EMPTY);
    pinned(5);
    run(Duration.ofMillis(10));
    ask(B, SnapshotMessage.ANY, 6, Payload.EMPTY);
    pinned(6);
    run(Duration.ofMillis(10));
    ask(C, SnapshotMessage.ANY, 7, Payload.EMPTY);
    assertThat(pins).isEqualTo(2);
    // Until one of them is idle there is nothing to do, and nobody turns in circles for it.
    assertThat(source.idleNanosMax(nowNanos)).isGreaterThan(1_000_000_000L);
    // One of them goes on, the other stands still for two time-outs.
    for (int i = 0; i < 3; i++) {
      run(Duration.ofSeconds(1));
      ask(B, sentTo(B).snapshotId(), 6, Payload.EMPTY);
    }
    assertThat(pins).isEqualTo(3);
    pinned(7);
    run(Duration.ofSeconds(1));
    assertThat(sentTo(C)).isInstanceOf(SnapshotChunk.class);
    assertThat(open).isEqualTo(2);
    assertThat(source.pinnedIndex()).isEqualTo(OptionalLong.of(6));
  }

  @Test
  void isLetGoAtTheEndOfItsLifeHoweverBusy() {
    ask(A, SnapshotMessage.ANY, 5, Payload.EMPTY);
    pinned(5);
    long id = sentTo(A).snapshotId();
    for (int i = 0; i < 59; i++) {
      ask(A, id, 5, Payload.EMPTY);
      run(Duration.ofSeconds(1));
      assertThat(open).isEqualTo(1);
    }
    run(Duration.ofSeconds(2));
    assertThat(open).isZero();
    assertThat(source.pinnedIndex()).isEmpty();
    ask(A, id, 5, Payload.EMPTY);
    assertThat(sentTo(A)).isEqualTo(new SnapshotGone(id));
  }

  @Test
  void isLetGoWhenNobodyAsksAnyMore() {
    ask(A, SnapshotMessage.ANY, 5, Payload.EMPTY);
    pinned(5);
    run(Duration.ofSeconds(9));
    assertThat(open).isEqualTo(1);
    assertThat(source.idleNanosMax(nowNanos)).isLessThanOrEqualTo(1_000_000_000L);
    run(Duration.ofSeconds(2));
    assertThat(open).isZero();
  }

  @Test
  void answersOnePieceAtATimeAtTheRate() {
    ask(A, SnapshotMessage.ANY, 5, Payload.EMPTY);
    pinned(5);
    int bytes = ((SnapshotChunk) sentTo(A)).chunk().bytes().length();
    long pieceNanos = bytes * 1_000_000L;
    ask(A, sentTo(A).snapshotId(), 5, Payload.EMPTY);
    assertThat(sent).hasSize(1);
    run(Duration.ofNanos(pieceNanos - 1));
    assertThat(sent).hasSize(1);
    run(Duration.ofNanos(1));
    assertThat(sent).hasSize(2);
  }

  @Test
  void tellsWhoMadeAPositionUpToBeginAnew() {
    ask(A, SnapshotMessage.ANY, 5, Payload.EMPTY);
    pinned(5);
    long id = sentTo(A).snapshotId();
    run(Duration.ofSeconds(1));
    ask(A, id, 5, Journal.command("no number"));
    assertThat(sentTo(A)).isEqualTo(new SnapshotGone(id));
  }

  @Test
  void aStateToWhichNothingWasAppliedIsNoSnapshot() {
    ask(A, SnapshotMessage.ANY, 0, Payload.EMPTY);
    source.pinned(Optional.empty(), nowNanos);
    run(Duration.ofSeconds(1));
    assertThat(sent).isEmpty();
    assertThat(source.isPinning()).isFalse();
  }

  private void ask(NodeId from, long id, long fromIndex, Payload after) {
    source.asked(from, new FetchSnapshot(id, fromIndex, after));
    turn();
  }

  private void pinned(long index) {
    var start = new LogStart(new EntryId(1, index), new ConfigurationAt(1, MEMBERS));
    open++;
    var state = new JournalSnapshot(index, List.of("a", "b"), () -> open--);
    source.pinned(Optional.of(new SnapshotSource.Pinned(start, state)), nowNanos);
    turn();
  }

  private void run(Duration time) {
    nowNanos += time.toNanos();
    turn();
  }

  private void turn() {
    boolean worked = true;
    while (worked) {
      worked = source.advance(nowNanos);
    }
  }

  private SnapshotMessage sentTo(NodeId to) {
    return sent.stream().filter(each -> each.to.equals(to)).toList().getLast().message;
  }

  private record Sent(NodeId to, SnapshotMessage message) {}

  private final class Wire implements Transport {
    @Override
    public void send(List<Outbound> messages) {}

    @Override
    public void send(NodeId to, SnapshotMessage message) {
      sent.add(new Sent(to, message));
    }
  }
}
