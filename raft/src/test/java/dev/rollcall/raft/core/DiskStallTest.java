package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.heartbeat;
import static dev.rollcall.raft.core.Members.heartbeatResponse;
import static dev.rollcall.raft.core.Members.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Message.Heartbeat;
import dev.rollcall.raft.core.Message.TimeoutNow;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.core.Ready.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A disk that stands still: nobody leads with it, and nobody stands with it. */
class DiskStallTest {
  private static final int STALL = RaftConfig.DEFAULT.timing().diskStallTicks();

  @Test
  void aLeaderLetsGoAndTellsTheVoterThatHasMost() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    leader.node.propose(1, "x");
    leader.node.ready(); // being written, and never done
    leader.receive(3, leader.success(3));
    assertThat(leader.core().commitIndex()).as("without its own disk, no majority").isEqualTo(2);
    tickHeard(leader, STALL - 1);
    assertThat(leader.core().role()).isEqualTo(Role.LEADER);
    leader.node.ready();
    leader.node.tick(1);
    assertThat(leader.core().role()).isEqualTo(Role.FOLLOWER);
    assertThat(leader.core().leader()).isEmpty();
    assertThat(leader.node.ready().toSend())
        .containsExactly(new Outbound(id(3), new TimeoutNow(2)));
    leader.node.tick(20);
    assertThat(leader.node.ready().toSend()).noneMatch(o -> o.message() instanceof Heartbeat);
    leader.node.propose(2, "y");
    assertThat(leader.node.ready().refused())
        .containsExactly(new Refused(2, RefusalReason.NOT_LEADER));
  }

  @Test
  void theOldestWriteCountsAndNotTheLast() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    leader.node.propose(1, "x");
    leader.node.ready();
    tickHeard(leader, STALL / 2);
    leader.node.propose(2, "y");
    leader.node.ready();
    tickHeard(leader, STALL - STALL / 2);
    assertThat(leader.core().role()).as("x is old enough").isEqualTo(Role.FOLLOWER);
  }

  @Test
  void aWriteThatIsDoneDoesNotCount() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    leader.node.propose(1, "x");
    leader.node.ready();
    tickHeard(leader, STALL / 2);
    leader.node.propose(2, "y");
    leader.node.ready();
    leader.node.sync(1);
    tickHeard(leader, STALL - 1);
    assertThat(leader.core().role()).as("y is not that old").isEqualTo(Role.LEADER);
    tickHeard(leader, 1);
    assertThat(leader.core().role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void aDiskThatIsOnlySlowIsNoReason() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    for (int write = 1; write <= 5; write++) {
      leader.node.propose(write, "x");
      leader.node.ready();
      tickHeard(leader, STALL - 1);
      leader.node.sync(leader.node.writesInFlight());
    }
    assertThat(leader.core().role()).isEqualTo(Role.LEADER);
  }

  @Test
  void whoIsAloneGoesOn() {
    var single = new LoneNode(new MemoryDisk(Members.voters(1)), RaftConfig.DEFAULT);
    single.settle();
    single.node.propose(1, "x");
    single.node.ready();
    single.node.tick(3 * STALL);
    assertThat(single.core().role()).isEqualTo(Role.LEADER);
  }

  @Test
  void aFollowerDoesNotStandButForgetsASilentLeaderAndStillAnswers() {
    var follower = stalledFollowerOf2();
    follower.node.tick(100);
    assertThat(follower.core().role()).isEqualTo(Role.FOLLOWER);
    assertThat(follower.core().leader()).isEmpty();
    assertThat(follower.node.ready().toSend()).isEmpty();
    follower.receive(3, Members.preVote(3, new EntryId(2, 2)));
    assertThat(follower.node.ready().toSend())
        .containsExactly(new Outbound(id(3), new Message.PreVoteResponse(3, true)));
    follower.node.sync(follower.node.writesInFlight());
    follower.node.tick(100);
    assertThat(follower.core().role()).as("it is well again").isEqualTo(Role.PRE_CANDIDATE);
  }

  @Test
  void aFollowerDoesNotTakeOver() {
    var follower = stalledFollowerOf2();
    follower.receive(2, new TimeoutNow(2));
    assertThat(follower.core().role()).isEqualTo(Role.FOLLOWER);
    assertThat(follower.core().currentTerm()).isEqualTo(2);
  }

  private static LoneNode stalledFollowerOf2() {
    var follower = LoneNode.of(3);
    follower.receive(
        2, new Message.AppendEntries(2, new EntryId(1, 1), 0, List.of(Members.entry(2, 2))));
    follower.node.ready();
    for (int tick = 0; tick < STALL; tick++) {
      follower.receive(2, heartbeat(2, 0, 1));
      follower.node.tick(1);
    }
    follower.node.ready();
    return follower;
  }

  /** Time passes; both others answer, so that there is a quorum. */
  private static void tickHeard(LoneNode leader, int ticks) {
    for (int i = 0; i < ticks; i++) {
      leader.receive(2, heartbeatResponse(2, 0));
      leader.receive(3, heartbeatResponse(2, 0));
      leader.node.tick(1);
    }
  }
}
