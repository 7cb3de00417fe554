package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.heartbeatResponse;
import static dev.rollcall.raft.core.Members.id;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.raft.core.Message.Heartbeat;
import dev.rollcall.raft.core.Message.HeartbeatResponse;
import dev.rollcall.raft.core.RaftEvent.Digested;
import dev.rollcall.raft.core.RaftEvent.TransferLeadership;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When states are compared, who counts, and who must stop (architecture, decision 14). */
class StateDigestTest {
  private static final int VERIFY = RaftConfig.DEFAULT.timing().verifyTicks();

  @Test
  void aLeaderEndsEachPeriodInWhichTheLogGrewWithAVerifyEntry() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    tick(leader, VERIFY - 1);
    assertThat(leader.core().lastIndex()).isEqualTo(2);
    tick(leader, 1);
    assertThat(leader.node.log().getLast().kind()).isEqualTo(EntryKind.VERIFY);
    assertThat(leader.core().lastIndex()).isEqualTo(3);
    tick(leader, 2 * VERIFY);
    assertThat(leader.core().lastIndex()).as("nothing new").isEqualTo(3);
    leader.node.propose(1, "x");
    tick(leader, VERIFY);
    assertThat(leader.core().lastIndex()).isEqualTo(5);
  }

  @Test
  void noVerifyEntryComesIntoAHandOver() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    tick(leader, VERIFY - 1);
    leader.node.step(new TransferLeadership(Optional.of(id(2))));
    tick(leader, 10);
    assertThat(leader.core().lastIndex()).isEqualTo(2);
    tick(leader, 40);
    assertThat(leader.core().lastIndex()).as("made up for").isEqualTo(3);
  }

  @Test
  void aFollowerReportsItsLatest() {
    var follower = LoneNode.of(3);
    follower.node.step(new Digested(digest(5, "a")));
    follower.node.step(new Digested(digest(9, "b")));
    assertThat(follower.answer(2, Members.heartbeat(2, 0, 1)))
        .isEqualTo(new HeartbeatResponse(2, 1, Optional.of(digest(9, "b"))));
  }

  @Test
  void whatAMajorityReportsIsAgreedAndTold() {
    var leader = leaderOf(5);
    leader.node.step(new Digested(digest(9, "a")));
    report(leader, 2, digest(9, "a"));
    assertThat(agreedInRound(leader)).isEmpty();
    report(leader, 2, digest(9, "a"));
    assertThat(agreedInRound(leader)).as("one voter twice is one").isEmpty();
    report(leader, 3, digest(9, "a"));
    assertThat(agreedInRound(leader)).contains(digest(9, "a"));
  }

  @Test
  void learnersDoNotCountButMustStopToo() {
    var configuration = new Configuration(Members.members(1, 2, 3), List.of(), Members.members(4));
    var leader = new LoneNode(new MemoryDisk(configuration), RaftConfig.DEFAULT);
    leader.leadAndCommit();
    leader.node.step(new Digested(digest(9, "a")));
    report(leader, 4, digest(9, "a"));
    assertThat(agreedInRound(leader)).isEmpty();

    var learner =
        new LoneNode(
            new MemoryDisk(new Configuration(Members.members(2, 3), List.of(), Members.members(1))),
            RaftConfig.DEFAULT);
    learner.node.step(new Digested(digest(9, "b")));
    learner.receive(2, new Heartbeat(2, 0, 1, Optional.of(digest(9, "a"))));
    assertThat(learner.node.ready().diverged()).contains(digest(9, "a"));
  }

  @Test
  void aJointConfigurationNeedsAMajorityOfBothHalves() {
    var joint = new Configuration(Members.members(1, 2, 3), Members.members(1, 4, 5), List.of());
    var leader = new LoneNode(new MemoryDisk(joint), RaftConfig.DEFAULT);
    leader.lead(); // and commits nothing, so that the change stays under way
    leader.node.step(new Digested(digest(9, "a")));
    report(leader, 2, digest(9, "a"));
    assertThat(agreedInRound(leader)).isEmpty();
    report(leader, 5, digest(9, "a"));
    assertThat(agreedInRound(leader)).contains(digest(9, "a"));
  }

  @Test
  void aFollowerThatDiffersMustStopAndSaysSoOnce() {
    var follower = LoneNode.of(3);
    follower.node.step(new Digested(digest(9, "b")));
    follower.receive(2, new Heartbeat(2, 0, 1, Optional.of(digest(9, "a"))));
    assertThat(follower.node.ready().diverged()).contains(digest(9, "a"));
    follower.receive(2, new Heartbeat(2, 0, 2, Optional.of(digest(9, "a"))));
    assertThat(follower.node.ready().diverged()).isEmpty();
    follower.node.tick(200);
    assertThat(follower.core().role()).as("and never stands").isEqualTo(Role.FOLLOWER);
  }

  @Test
  void aFollowerThatLagsComparesWhenItGetsThere() {
    var follower = LoneNode.of(3);
    follower.receive(2, new Heartbeat(2, 0, 1, Optional.of(digest(9, "a"))));
    follower.node.step(new Digested(digest(5, "b")));
    assertThat(follower.node.ready().diverged()).as("of another index").isEmpty();
    follower.node.step(new Digested(digest(9, "b")));
    assertThat(follower.node.ready().diverged()).contains(digest(9, "a"));
  }

  @Test
  void whatWasAgreedLaterStands() {
    var follower = LoneNode.of(3);
    follower.receive(2, new Heartbeat(2, 0, 1, Optional.of(digest(9, "a"))));
    follower.receive(2, new Heartbeat(2, 0, 2, Optional.of(digest(5, "a")))); // overtaken
    follower.node.step(new Digested(digest(5, "b")));
    follower.node.step(new Digested(digest(9, "a")));
    assertThat(follower.node.ready().diverged()).isEmpty();
  }

  @Test
  void aLeaderInTheMinorityTellsTheOthersAndStepsDown() {
    var leader = leaderOf(3);
    leader.node.step(new Digested(digest(9, "wrong")));
    report(leader, 2, digest(9, "a"));
    leader.node.ready();
    report(leader, 3, digest(9, "a"));
    Ready ready = leader.node.ready();
    assertThat(ready.diverged()).contains(digest(9, "a"));
    assertThat(leader.core().role()).isEqualTo(Role.FOLLOWER);
    assertThat(ready.toSend())
        .extracting(Outbound::message)
        .filteredOn(Heartbeat.class::isInstance)
        .extracting(message -> ((Heartbeat) message).agreed())
        .containsExactly(Optional.of(digest(9, "a")), Optional.of(digest(9, "a")));
  }

  @Test
  void withoutAMajorityAllMustStopAfterSomePatience() {
    var leader = leaderOf(3);
    int patience = 4 * RaftConfig.DEFAULT.timing().electionTimeoutTicks();
    leader.node.step(new Digested(digest(9, "a")));
    report(leader, 2, digest(9, "b"));
    tick(leader, patience - 1);
    assertThat(leader.core().role()).isEqualTo(Role.LEADER);
    leader.node.ready();
    leader.node.tick(1);
    assertThat(leader.node.ready().diverged()).contains(new StateDigest(9, Payload.EMPTY));
    assertThat(leader.core().role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void aThirdVoterInTimeEndsTheDispute() {
    var leader = leaderOf(3);
    leader.node.step(new Digested(digest(9, "a")));
    report(leader, 2, digest(9, "b"));
    tick(leader, 100);
    report(leader, 3, digest(9, "a"));
    tick(leader, 300);
    assertThat(leader.core().role()).isEqualTo(Role.LEADER);
    assertThat(agreedInRound(leader)).contains(digest(9, "a"));
  }

  @Test
  void whatWasAgreedIsNotDisputedAgainByALateReport() {
    var leader = leaderOf(3);
    leader.node.step(new Digested(digest(9, "a")));
    report(leader, 2, digest(9, "a"));
    for (int i = 0; i < 400; i++) { // each heartbeat is answered with the latest digest
      report(leader, 3, digest(9, "wrong"));
      report(leader, 2, digest(9, "a"));
      tick(leader, 1);
    }
    assertThat(leader.core().role()).isEqualTo(Role.LEADER);
    assertThat(agreedInRound(leader)).contains(digest(9, "a"));
  }

  @Test
  void oneThatDoesNotReportIsNoDispute() {
    var leader = leaderOf(5);
    leader.node.step(new Digested(digest(9, "a")));
    report(leader, 2, digest(9, "a"));
    tick(leader, 400);
    assertThat(leader.core().role()).isEqualTo(Role.LEADER);
  }

  @Test
  void aNewLeaderAsksAnewAndKnowsWhatWasAgreed() {
    var node = LoneNode.of(3);
    node.receive(2, new Heartbeat(2, 0, 1, Optional.of(digest(5, "a"))));
    node.node.step(new Digested(digest(9, "b")));
    node.leadAndCommit();
    assertThat(agreedInRound(node)).contains(digest(5, "a"));
    node.receive(3, new HeartbeatResponse(3, 0, Optional.of(digest(9, "b"))));
    assertThat(agreedInRound(node)).contains(digest(9, "b"));
  }

  @Test
  void aStateThatCameAsASnapshotDoesNotAnswerForTheOneBefore() {
    var follower = LoneNode.of(3);
    follower.node.step(new Digested(digest(9, "wrong")));
    var first = follower.node.disk().restored(0).configurations().getFirst();
    follower.node.step(new RaftEvent.SnapshotInstalled(new LogStart(new EntryId(2, 20), first)));
    follower.receive(2, new Heartbeat(2, 0, 1, Optional.of(digest(9, "a"))));
    assertThat(follower.node.ready().diverged()).isEmpty();
    follower.receive(2, new Heartbeat(2, 0, 2, Optional.of(digest(15, "a"))));
    follower.node.step(new Digested(digest(15, "wrong"))); // was under way when that happened
    assertThat(follower.node.ready().diverged()).isEmpty();
    follower.node.step(new Digested(digest(25, "b")));
    follower.receive(2, new Heartbeat(2, 0, 3, Optional.of(digest(25, "a"))));
    assertThat(follower.node.ready().diverged()).contains(digest(25, "a"));
  }

  @Test
  void digestsComeInTheOrderOfTheLog() {
    var node = LoneNode.of(3);
    node.node.step(new Digested(digest(9, "a")));
    assertThatThrownBy(() -> node.node.step(new Digested(digest(9, "a"))))
        .isInstanceOf(Invariant.Violation.class);
  }

  private static LoneNode leaderOf(int size) {
    var leader = LoneNode.of(size);
    leader.leadAndCommit();
    return leader;
  }

  private static void report(LoneNode leader, long from, StateDigest digest) {
    leader.receive(from, new HeartbeatResponse(2, 0, Optional.of(digest)));
  }

  /** What the heartbeats of the next round say. */
  private static Optional<StateDigest> agreedInRound(LoneNode leader) {
    leader.settle();
    var said = new ArrayList<Optional<StateDigest>>();
    for (int i = 0; i < 5; i++) {
      leader.node.tick(1);
      for (Outbound outbound : leader.settle()) {
        if (outbound.message() instanceof Heartbeat heartbeat) {
          said.add(heartbeat.agreed());
        }
      }
    }
    return said.getFirst();
  }

  /** Time passes; the others answer everything, and have all there is. */
  private static void tick(LoneNode leader, int ticks) {
    for (int i = 0; i < ticks; i++) {
      leader.node.tick(1);
      leader.settle();
      if (leader.core().role() == Role.LEADER) {
        for (Member member : leader.core().configuration().members()) {
          if (!member.id().equals(id(1))) {
            leader.receive(member.id().low(), heartbeatResponse(2, 0));
          }
        }
      }
    }
  }

  private static StateDigest digest(long index, String text) {
    return new StateDigest(index, Payload.wrap(text.getBytes(US_ASCII)));
  }
}
