package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.entry;
import static dev.rollcall.raft.core.Members.heartbeat;
import static dev.rollcall.raft.core.Members.heartbeatResponse;
import static dev.rollcall.raft.core.Members.id;
import static dev.rollcall.raft.core.Members.members;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.raft.core.Message.AppendEntries;
import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a leader sends its peers, in what state of knowledge, and what it makes of the answers. */
class ReplicationTest {
  /** An entry of these tests counts 32 + 3 bytes. */
  private static final int ENTRY_BYTES = 35;

  @Test
  void probesWithOneMessageAtATime() {
    var leader = LoneNode.of(3);
    leader.lead();
    leader.node.propose(1, "2/3");
    assertThat(to(2, leader.settle())).isEmpty();
    leader.receive(2, leader.success(2));
    assertThat(to(2, leader.settle()))
        .containsExactly(append(2, new EntryId(2, 2), 2, entry(2, 3)));
  }

  @Test
  void sendsOnWithoutWaitingOnceTheLogsAgree() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    for (int i = 3; i < 6; i++) {
      leader.node.propose(i, "2/" + i);
      assertThat(to(2, leader.settle()))
          .containsExactly(append(2, new EntryId(2, i - 1), 2, entry(2, i)));
    }
  }

  @Test
  void sendsEverythingSteppedSinceTheLastReadyInOneMessage() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    leader.node.propose(1, "2/3");
    leader.node.propose(2, "2/4");
    leader.node.propose(3, "2/5");
    assertThat(to(3, leader.settle()))
        .containsExactly(append(2, new EntryId(2, 2), 2, entry(2, 3), entry(2, 4), entry(2, 5)));
  }

  @Test
  void keepsMessagesBelowTheirSize() {
    var leader = withLimits(2 * ENTRY_BYTES, 8);
    leader.leadAndCommit();
    propose(leader, 5);
    assertThat(to(2, leader.settle()))
        .containsExactly(
            append(2, new EntryId(2, 2), 2, entry(2, 3), entry(2, 4)),
            append(2, new EntryId(2, 4), 2, entry(2, 5), entry(2, 6)),
            append(2, new EntryId(2, 6), 2, entry(2, 7)));
  }

  @Test
  void sendsAnEntryThatIsLargerThanAMessageByItself() {
    var leader = withLimits(ENTRY_BYTES - 1, 8);
    leader.leadAndCommit();
    propose(leader, 2);
    assertThat(to(2, leader.settle()))
        .containsExactly(
            append(2, new EntryId(2, 2), 2, entry(2, 3)),
            append(2, new EntryId(2, 3), 2, entry(2, 4)));
  }

  @Test
  void stopsAtTheWindowAndGoesOnAsAnswersCome() {
    var leader = withLimits(ENTRY_BYTES, 2);
    leader.leadAndCommit();
    propose(leader, 4);
    assertThat(to(2, leader.settle())).hasSize(2);
    leader.receive(2, leader.success(3));
    assertThat(to(2, leader.settle()))
        .containsExactly(append(2, new EntryId(2, 4), 3, entry(2, 5)));
    leader.receive(2, leader.success(5)); // one answer for two messages: the other was lost
    assertThat(to(2, leader.settle()))
        .containsExactly(append(2, new EntryId(2, 5), 5, entry(2, 6)));
  }

  @Test
  void stopsAtTheWindowInBytesToo() {
    var leader = withLimits(ENTRY_BYTES, 3);
    leader.leadAndCommit();
    leader.node.propose(1, "x".repeat(4 * ENTRY_BYTES));
    propose(leader, 1);
    assertThat(to(2, leader.settle())).hasSize(1);
  }

  @Test
  void tellsTheCommitIndexAtOnceWhenThereIsNothingToCarryIt() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    leader.node.propose(1, "2/3");
    leader.settle();
    leader.receive(2, leader.success(3));
    assertThat(leader.settle())
        .containsExactly(
            new Outbound(id(2), append(2, new EntryId(2, 3), 3)),
            new Outbound(id(3), append(2, new EntryId(2, 3), 3)));
    leader.receive(3, leader.success(3));
    assertThat(leader.settle()).as("told once").isEmpty();
  }

  @Test
  void aHeartbeatCommitsOnlyWhatTheFollowerIsKnownToHave() {
    var leader = LoneNode.of(3);
    leader.lead();
    leader.receive(2, leader.success(2));
    leader.settle();
    leader.node.tick(5);
    assertThat(leader.settle())
        .contains(new Outbound(id(2), heartbeat(2, 2, 1)), new Outbound(id(3), heartbeat(2, 0, 1)));
  }

  @Test
  void ignoresALateRefusal() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    propose(leader, 2);
    leader.settle();
    leader.receive(2, leader.success(4));
    leader.settle();
    leader.receive(2, new AppendEntriesResponse(2, false, 1, 1, 1)); // before what is known
    leader.receive(2, new AppendEntriesResponse(2, false, 1, 1, 4)); // exactly what is known
    assertThat(leader.settle()).isEmpty();
    assertThat(leader.trace).noneMatch(event -> event instanceof TraceEvent.Mismatched);
  }

  @Test
  void ignoresALateRefusalWhileProbing() {
    var leader = LoneNode.of(3, 2, 2, 2);
    leader.lead();
    leader.receive(2, new AppendEntriesResponse(3, false, 2, 2, 4)); // of the message under way
    assertThat(to(2, leader.settle())).hasSize(1);
    leader.receive(2, new AppendEntriesResponse(3, false, 2, 2, 4)); // the same once more
    assertThat(to(2, leader.settle())).isEmpty();
  }

  @Test
  void ignoresALateSuccess() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    propose(leader, 3);
    leader.settle();
    leader.receive(2, leader.success(5));
    leader.receive(2, leader.success(3));
    leader.settle();
    assertThat(leader.core().commitIndex()).isEqualTo(5);
    leader.node.tick(5);
    assertThat(to(2, leader.settle())).containsExactly(heartbeat(2, 5, 1));
  }

  @Test
  void beginsAgainAfterWhatIsKnownWhenAMessageWasLost() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    propose(leader, 1); // lost
    leader.settle();
    propose(leader, 1);
    leader.settle();
    leader.receive(2, new AppendEntriesResponse(2, false, 2, 2, 3));
    assertThat(to(2, leader.settle()))
        .containsExactly(append(2, new EntryId(2, 2), 2, entry(2, 3), entry(2, 4)));
    assertThat(leader.trace).contains(new TraceEvent.Mismatched(id(2), 3, 3));
  }

  @Test
  void asksAFollowerThatIsAliveAndDoesNotAnswerAfterAHeartbeat() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    propose(leader, 1);
    leader.settle();
    leader.node.tick(5);
    leader.settle();
    leader.receive(2, heartbeatResponse(2, 1));
    assertThat(to(2, leader.settle())).containsExactly(append(2, new EntryId(2, 3), 2));
    leader.receive(2, heartbeatResponse(2, 1)); // not with every one of them
    assertThat(to(2, leader.settle())).isEmpty();
  }

  @Test
  void asksNoFollowerThatHasAnsweredEverything() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    leader.node.tick(5);
    leader.settle();
    leader.receive(2, heartbeatResponse(2, 1));
    assertThat(leader.settle()).isEmpty();
  }

  @Test
  void asksAgainWhenAProbeIsLost() {
    var leader = LoneNode.of(3);
    leader.lead();
    leader.node.tick(5);
    leader.settle();
    leader.receive(2, heartbeatResponse(2, 1));
    assertThat(to(2, leader.settle())).containsExactly(append(2, new EntryId(1, 1), 0));
    leader.receive(2, leader.success(1));
    assertThat(to(2, leader.settle())).hasSize(1);
  }

  @Test
  void findsWhereTheLogsPartInAFewStepsHoweverFarBackThatIs() {
    // 100 entries in each of the terms 2 to 5; the follower has 150 of other terms after the first.
    // (Both are node 1, and take the other for node 2.)
    long[] terms = new long[400];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = 2L + i / 100;
    }
    var leader = LoneNode.of(3, terms);
    long[] others = new long[150];
    for (int i = 0; i < others.length; i++) {
      others[i] = 3 + i / 75 * 3L; // 3 and 6
    }
    var follower = LoneNode.of(3, others);
    int steps = 0;
    List<Message> messages = to(2, leaderOfTerm(leader, 7));
    while (leader.core().commitIndex() == 0) {
      steps++;
      assertThat(steps).isLessThan(6);
      var answers = new ArrayList<Message>();
      for (Message message : messages) {
        answers.addAll(follower.answers(2, message));
      }
      for (Message answer : answers) {
        leader.receive(2, answer);
      }
      messages = to(2, leader.settle());
    }
    assertThat(follower.core().lastIndex()).isEqualTo(402);
  }

  @Test
  void learnersGetEverythingAndCountForNothing() {
    var configuration = new Configuration(members(1, 2), List.of(), members(3));
    var leader = new LoneNode(new MemoryDisk(configuration), RaftConfig.DEFAULT);
    leader.stand();
    leader.receive(2, new Message.RequestVoteResponse(2, true));
    assertThat(to(3, leader.settle())).hasSize(1);
    leader.receive(3, leader.success(2));
    assertThat(leader.core().commitIndex()).isZero();
    leader.receive(2, leader.success(2));
    assertThat(leader.core().commitIndex()).isEqualTo(2);
  }

  @Test
  void aJointConfigurationCommitsWhatBothHalvesHave() {
    var joint = new Configuration(members(1, 2, 3), members(1, 4, 5), List.of());
    var leader = new LoneNode(new MemoryDisk(joint), RaftConfig.DEFAULT);
    leader.lead();
    leader.receive(2, leader.success(2));
    leader.receive(3, leader.success(2));
    assertThat(leader.core().commitIndex()).isZero();
    leader.receive(5, leader.success(2));
    assertThat(leader.core().commitIndex()).isEqualTo(2);
  }

  @Test
  void answersOfStrangersMeanNothing() {
    var leader = LoneNode.of(3);
    leader.lead();
    leader.receive(9, leader.success(2));
    leader.receive(9, heartbeatResponse(2, 0));
    assertThat(leader.settle()).isEmpty();
    assertThat(leader.core().commitIndex()).isZero();
  }

  @Test
  void aMatchBeyondTheLogIsABrokenInvariant() {
    var leader = LoneNode.of(3);
    leader.lead();
    assertThatThrownBy(() -> leader.receive(2, leader.success(3)))
        .isInstanceOf(Invariant.Violation.class)
        .hasMessageContaining("a peer matches up to 3, last 2");
  }

  @Test
  void readsWhatIsNoLongerInMemoryFromDisk() {
    var config = RaftConfig.DEFAULT.with(new RaftConfig.Flow(1 << 20, 8, 64 << 20, 4 << 20, 0));
    var leader = new LoneNode(new MemoryDisk(Members.voters(1, 2, 3)), config);
    leader.lead();
    propose(leader, 3);
    leader.settle();
    leader.receive(2, leader.success(2));
    leader.settle();
    leader.receive(2, leader.success(5));
    leader.settle(); // all durable and committed: nothing is kept
    leader.receive(3, leader.success(1));
    var sent = to(3, leader.settle());
    assertThat(sent.getFirst())
        .isEqualTo(
            append(
                2,
                new EntryId(1, 1),
                5,
                new Entry(new EntryId(2, 2), EntryKind.NOOP, 0, Payload.EMPTY),
                entry(2, 3),
                entry(2, 4),
                entry(2, 5)));
  }

  private static LoneNode withLimits(int appendBytesMax, int appendsInFlightMax) {
    var flow = new RaftConfig.Flow(appendBytesMax, appendsInFlightMax, 64 << 20, 4 << 20, 32 << 20);
    var config = RaftConfig.DEFAULT.with(flow);
    return new LoneNode(new MemoryDisk(Members.voters(1, 2, 3)), config);
  }

  /** Proposes what the next entries are called. */
  private static void propose(LoneNode leader, int count) {
    for (int i = 0; i < count; i++) {
      long index = leader.core().lastIndex() + 1;
      leader.node.propose(index, leader.core().currentTerm() + "/" + index);
    }
  }

  private static List<Outbound> leaderOfTerm(LoneNode node, long term) {
    while (node.core().currentTerm() < term - 1) {
      node.receive(2, heartbeat(term - 1, 0, 1));
    }
    return node.lead();
  }

  private static List<Message> to(long peer, List<Outbound> sent) {
    return sent.stream()
        .filter(outbound -> outbound.to().equals(id(peer)))
        .map(Outbound::message)
        .toList();
  }

  private static AppendEntries append(long term, EntryId previous, long commit, Entry... entries) {
    return new AppendEntries(term, previous, commit, List.of(entries));
  }
}
