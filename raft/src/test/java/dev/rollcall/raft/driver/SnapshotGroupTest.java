package dev.rollcall.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.raft.driver.HandTurnedGroup.Node;
import dev.rollcall.raft.driver.RaftNodeConfig.Limits;
import dev.rollcall.raft.driver.SnapshotMessage.FetchSnapshot;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotChunk;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotGone;
import dev.rollcall.raft.driver.StateSnapshot.Chunk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Nodes that were away for too long, and come back over a snapshot. */
class SnapshotGroupTest {
  private static final RaftConfig RAFT =
      HandTurnedGroup.RAFT.with(new RaftConfig.Compaction(5, 1 << 20, 0));
  private static final SnapshotConfig SNAPSHOTS =
      new SnapshotConfig(
          1,
          1 << 20,
          Duration.ofMillis(500),
          4,
          Duration.ofSeconds(5),
          Duration.ofMinutes(1),
          Duration.ofMillis(100));

  private final HandTurnedGroup group = group(SNAPSHOTS);
  private final List<SnapshotMessage> sent = new ArrayList<>();
  private int proposed;

  @Test
  void aNodeThatWasAwayTooLongGetsASnapshotAndThenTheLog() {
    Node leader = group.elect();
    Node away = cutOffAndCompact(leader, 40);
    group.settle();
    away.isCut = false;
    untilCaughtUp(away, leader);
    assertThat(installs(away)).isEqualTo(1);
    assertThat(leader.journal.snapshotsTaken()).isEqualTo(1);

    // It is a member as good as any: the next entries come by the log, and commit with its vote.
    Node third = other(leader, away);
    third.isCut = true;
    propose(leader, 10);
    untilCaughtUp(away, leader);
    assertThat(installs(away)).isEqualTo(1);
  }

  @Test
  void whoWasAwayForAMomentGetsTheLogThatWasKept() {
    Node leader = group.elect();
    propose(leader, 20);
    Node away = group.follower();
    away.isCut = true;
    propose(leader, 3);
    flushAndCompact();
    away.isCut = false;
    untilCaughtUp(away, leader);
    assertThat(installs(away)).isZero();
  }

  @Test
  void lostAndRepeatedPiecesAreAskedForAgainAndNothingIsSentTwiceForThem() {
    Node leader = group.elect();
    Node away = cutOffAndCompact(leader, 40);
    group.pieces =
        message -> {
          sent.add(message.orElseThrow());
          return sent.size() % 3 == 0 ? Optional.empty() : message;
        };
    away.isCut = false;
    untilCaughtUp(away, leader);
    assertThat(installs(away)).isEqualTo(1);
    assertThat(leader.journal.snapshotsTaken()).isEqualTo(1);
    // It went on where it was: the first piece was asked for at most twice.
    assertThat(sent.stream().filter(SnapshotGroupTest::asksForTheFirstPiece).count())
        .isLessThanOrEqualTo(2);
  }

  @Test
  void aDamagedPieceInstallsNothingAndTheNextSnapshotIsWhole() {
    Node leader = group.elect();
    Node away = cutOffAndCompact(leader, 40);
    group.pieces =
        message -> {
          sent.add(message.orElseThrow());
          return sent.size() == 20 ? message.map(SnapshotGroupTest::damaged) : message;
        };
    away.isCut = false;
    untilCaughtUp(away, leader);
    assertThat(installs(away)).isEqualTo(1);
    assertThat(sent.stream().filter(SnapshotGroupTest::asksForTheFirstPiece).count()).isEqualTo(2);
  }

  @Test
  void aSourceThatRestartsKnowsNothingOfItsSnapshotAndTheFetchBeginsAnew() {
    Node leader = group.elect();
    Node away = cutOffAndCompact(leader, 40);
    group.pieces =
        message -> {
          sent.add(message.orElseThrow());
          // The answers dry up in the middle of it.
          return sent.size() > 20 && message.get() instanceof SnapshotChunk
              ? Optional.empty()
              : message;
        };
    away.isCut = false;
    group.passTicks(20);
    assertThat(sent).hasSizeGreaterThan(20);
    leader.restart(Loss.NOTHING);
    group.pieces =
        message -> {
          sent.add(message.orElseThrow());
          return message;
        };
    Node next = group.elect();
    untilCaughtUp(away, next);
    assertThat(sent.stream().anyMatch(SnapshotGone.class::isInstance)).isTrue();
    assertThat(installs(away)).isEqualTo(1);
  }

  @Test
  void theLogIsNotCutBehindASnapshotThatIsBeingFetched() {
    Node leader = group.elect();
    Node away = cutOffAndCompact(leader, 40);
    group.pieces =
        message -> {
          sent.add(message.orElseThrow());
          return sent.size() == 20 ? Optional.empty() : message;
        };
    away.isCut = false;
    group.passTicks(19);
    assertThat(sent).hasSize(20);
    // While the fetch waits for its time-out, the state moves on and is made durable.
    propose(leader, 40);
    flushAndCompact();
    untilCaughtUp(away, leader);
    assertThat(leader.journal.snapshotsTaken()).isEqualTo(1);
    assertThat(installs(away)).isEqualTo(1);
  }

  @Test
  void aSnapshotIsLetGoWhenNobodyFetchesItAnyMore() {
    Node leader = group.elect();
    Node away = cutOffAndCompact(leader, 40);
    group.pieces = message -> message.filter(FetchSnapshot.class::isInstance);
    away.isCut = false;
    group.passTicks(10);
    assertThat(leader.journal.snapshotsTaken()).isEqualTo(1);
    away.isCut = true;
    group.passTicks(6_000 / 20);
    assertThat(leader.journal.snapshotsOpen()).isZero();
  }

  @Test
  void piecesComeNoFasterThanTheRate() {
    // A piece of this test has some 10 bytes, so 50 ms each.
    var slow =
        group(
            new SnapshotConfig(
                1,
                200,
                Duration.ofMillis(500),
                4,
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                Duration.ofMillis(100)));
    Node leader = slow.elect();
    Node away = slow.follower();
    away.isCut = true;
    for (int i = 0; i < 40; i++) {
      leader.propose("command-" + i);
    }
    slow.settle();
    slow.nodes().forEach(node -> node.journal.flush());
    slow.passTicks(100);
    away.isCut = false;
    long before = slow.clock().nanoTime();
    slow.until(() -> installs(away) == 1, "snapshot");
    long bytes =
        leader.journal.commands().stream().mapToLong(String::length).sum() + 40L * "00:".length();
    assertThat(Duration.ofNanos(slow.clock().nanoTime() - before))
        .isGreaterThan(Duration.ofMillis(bytes * 1000 / 200 * 9 / 10));
  }

  @Test
  void aCrashOfTheFetchingNodeAtAnyMomentLeavesTheOldStateOrTheNew() {
    int turns = 0;
    boolean isOver = false;
    while (!isOver) {
      var each = new SnapshotGroupTest();
      isOver = each.crashesAfter(turns++);
    }
    // Pieces, install, switch, the log's new beginning.
    assertThat(turns).isGreaterThan(20);
  }

  /** Whether the node was done before that many of its turns. */
  private boolean crashesAfter(int turns) {
    Node leader = group.elect();
    Node away = cutOffAndCompact(leader, 6);
    away.isCut = false;
    away.crashAfterTurns(turns);
    boolean survived = group.runsUntil(() -> isCaughtUp(away, leader), 500);
    if (!away.isPaused) {
      assertThat(survived).isTrue();
      return true;
    }
    away.isPaused = false;
    away.restart(Loss.EVERYTHING);
    propose(leader, 3);
    untilCaughtUp(away, leader);
    propose(leader, 3);
    untilCaughtUp(away, leader);
    return false;
  }

  private static HandTurnedGroup group(SnapshotConfig snapshots) {
    return new HandTurnedGroup(3, Limits.DEFAULT, RAFT, snapshots);
  }

  /** Cuts a follower off and lets the others forget what it needs. */
  private Node cutOffAndCompact(Node leader, int commands) {
    propose(leader, 5);
    Node away = group.follower();
    away.isCut = true;
    propose(leader, commands);
    flushAndCompact();
    return away;
  }

  private void flushAndCompact() {
    group.nodes().forEach(node -> node.journal.flush());
    // Long enough for the leader to hear nothing any more of who is cut off.
    group.passTicks(200);
    propose(group.leader(), 1);
    group.nodes().stream().filter(node -> !node.isCut).forEach(node -> node.journal.flush());
    group.passTicks(20);
  }

  private void propose(Node leader, int commands) {
    for (int i = 0; i < commands; i++) {
      leader.propose("command-" + proposed++);
    }
    group.settle();
  }

  private void untilCaughtUp(Node away, Node leader) {
    group.until(() -> isCaughtUp(away, leader), "node that has caught up");
    assertThat(away.journal.commands()).isEqualTo(leader.journal.commands());
  }

  private static boolean isCaughtUp(Node away, Node leader) {
    return away.status().lastApplied() == leader.status().lastApplied()
        && away.journal.lastApplied() == leader.journal.lastApplied()
        && away.status().lastIndex() == leader.status().lastIndex();
  }

  private Node other(Node one, Node another) {
    return group.nodes().stream()
        .filter(node -> node != one && node != another)
        .findFirst()
        .orElseThrow();
  }

  private static long installs(Node node) {
    return node.journal.events().stream().filter(event -> event.startsWith("installed")).count();
  }

  private static boolean asksForTheFirstPiece(SnapshotMessage message) {
    return message instanceof FetchSnapshot fetch && fetch.after().length() == 0;
  }

  private static SnapshotMessage damaged(SnapshotMessage message) {
    return message instanceof SnapshotChunk piece
        ? new SnapshotChunk(
            piece.snapshotId(),
            piece.start(),
            piece.after(),
            new Chunk(Payload.wrap(new byte[] {1}), piece.chunk().position(), false))
        : message;
  }
}
