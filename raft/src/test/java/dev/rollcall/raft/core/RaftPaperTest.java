package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.entry;
import static dev.rollcall.raft.core.Members.heartbeat;
import static dev.rollcall.raft.core.Members.heartbeatResponse;
import static dev.rollcall.raft.core.Members.id;
import static dev.rollcall.raft.core.Members.preVote;
import static dev.rollcall.raft.core.Members.requestVote;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.raft.core.Message.AppendEntries;
import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import dev.rollcall.raft.core.Message.PreVoteResponse;
import dev.rollcall.raft.core.Message.RequestVoteResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The paper, rule by rule: "In Search of an Understandable Consensus Algorithm" (extended version),
 * figure 2 first, then the properties of figure 3. Each test says what is so, and where it says so.
 */
class RaftPaperTest {
  private static final EntryId FIRST = new EntryId(1, 1);

  @Nested
  class Figure2State {
    @Test
    void termAndVoteAreDurableBeforeAnAnswerGivesThemAway() {
      var voter = LoneNode.of(3);
      voter.receive(2, requestVote(2, FIRST));
      Ready ready = voter.node.ready();
      assertThat(ready.toSend()).isEmpty();
      assertThat(ready.persist().orElseThrow().hardState())
          .isEqualTo(new HardState(2, Optional.of(id(2))));
      voter.node.sync(1);
      assertThat(voter.node.ready().toSend()).hasSize(1);
    }

    @Test
    void theLogIsDurableBeforeAnAnswerGivesItAway() {
      var follower = LoneNode.of(3);
      follower.receive(2, append(1, FIRST, 0, entry(1, 2)));
      assertThat(follower.node.ready().toSend()).isEmpty();
      follower.node.sync(1);
      assertThat(follower.node.ready().toSend()).hasSize(1);
    }

    @Test
    void termVoteAndLogSurviveACrash() {
      var node = LoneNode.of(3);
      node.answer(2, append(2, FIRST, 0, entry(2, 2)));
      node.node.tick(40); // 2 is silent by now
      node.answer(3, requestVote(3, new EntryId(2, 2)));
      node.node.crash(0);
      node.node.start(0);
      assertThat(node.core().currentTerm()).isEqualTo(3);
      assertThat(node.answer(2, requestVote(3, new EntryId(2, 2))))
          .isEqualTo(new RequestVoteResponse(3, false));
      assertThat(node.core().lastIndex()).isEqualTo(2);
    }

    @Test
    void theCommitIndexBeginsAtZeroAndNeverGoesBack() {
      var follower = LoneNode.of(3, 2, 2);
      assertThat(follower.core().commitIndex()).isZero();
      follower.answer(2, append(2, new EntryId(2, 3), 3));
      follower.answer(2, append(2, new EntryId(2, 2), 1)); // delayed
      assertThat(follower.core().commitIndex()).isEqualTo(3);
    }

    @Test
    void aNewLeaderSendsFromTheEndOfItsLogAndAssumesNothingMatches() {
      var leader = LoneNode.of(3, 1, 1);
      assertThat(leader.lead())
          .contains(new Outbound(id(2), append(2, new EntryId(1, 3), 0, noop(2, 4))));
      assertThat(leader.core().commitIndex()).as("matchIndex 0: nothing counts").isZero();
    }

    @Test
    void theMatchIndexNeverGoesBack() {
      var leader = LoneNode.of(5);
      leader.lead();
      leader.receive(2, leader.success(2));
      leader.receive(2, new AppendEntriesResponse(2, true, 1, 0, 0)); // delayed
      leader.receive(3, leader.success(2));
      assertThat(leader.core().commitIndex()).isEqualTo(2);
    }
  }

  @Nested
  class Figure2AppendEntries {
    @Test
    void refusesALowerTerm_5_1() {
      var follower = LoneNode.of(3, 5);
      var answer = follower.answer(2, append(4, new EntryId(5, 2), 0));
      assertThat(answer).isEqualTo(new AppendEntriesResponse(5, false, 2, 5, 2));
      assertThat(follower.core().leader()).isEmpty();
    }

    @Test
    void refusesWhenThePreviousEntryIsMissing_5_3() {
      var follower = LoneNode.of(3);
      var answer = follower.answer(2, append(2, new EntryId(2, 5), 0, entry(2, 6)));
      assertThat(answer).isEqualTo(new AppendEntriesResponse(2, false, 1, 1, 5));
      assertThat(follower.core().lastIndex()).isEqualTo(1);
    }

    @Test
    void refusesWhenThePreviousEntryIsOfAnotherTerm_5_3() {
      var follower = LoneNode.of(3, 2, 2);
      var answer = follower.answer(2, append(4, new EntryId(3, 3), 0, entry(4, 4)));
      assertThat(answer).isEqualTo(new AppendEntriesResponse(4, false, 3, 2, 3));
      assertThat(follower.core().lastIndex()).isEqualTo(3);
    }

    @Test
    void replacesAConflictingEntryAndAllThatFollow_5_3() {
      var follower = LoneNode.of(3, 2, 2, 2);
      var answer = follower.answer(2, append(3, new EntryId(2, 2), 0, entry(3, 3)));
      assertThat(answer).isEqualTo(new AppendEntriesResponse(3, true, 3, 0, 2));
      assertThat(follower.node.disk().entries().subList(1, 3))
          .containsExactly(entry(2, 2), entry(3, 3));
    }

    @Test
    void keepsWhatFollowsWhenNothingConflicts_5_3() {
      var follower = LoneNode.of(3, 2, 2, 2);
      var answer = follower.answer(2, append(2, FIRST, 0, entry(2, 2)));
      // ... and vouches only for what the message covered.
      assertThat(answer).isEqualTo(new AppendEntriesResponse(2, true, 2, 0, 1));
      assertThat(follower.core().lastIndex()).isEqualTo(4);
    }

    @Test
    void appendsWhatItDoesNotHaveYet_5_3() {
      var follower = LoneNode.of(3, 2);
      var answer = follower.answer(2, append(2, FIRST, 0, entry(2, 2), entry(2, 3), entry(2, 4)));
      assertThat(answer).isEqualTo(new AppendEntriesResponse(2, true, 4, 0, 1));
      assertThat(follower.node.disk().lastIndex()).isEqualTo(4);
    }

    @ParameterizedTest(name = "leader's commit {0}, message up to 3, log up to 4: commit {1}")
    @CsvSource({"0, 0", "2, 2", "3, 3", "4, 3", "9, 3"})
    void commitsUpToTheLastNewEntryAtMost_5_3(long leaderCommit, long commit) {
      var follower = LoneNode.of(3, 2, 2, 2);
      follower.answer(2, append(2, new EntryId(2, 2), leaderCommit, entry(2, 3)));
      assertThat(follower.core().commitIndex()).isEqualTo(commit);
    }
  }

  @Nested
  class Figure2RequestVote {
    @Test
    void refusesALowerTerm_5_1() {
      var voter = LoneNode.of(3, 5);
      assertThat(voter.answer(2, requestVote(4, new EntryId(4, 9))))
          .isEqualTo(new RequestVoteResponse(5, false));
    }

    @Test
    void givesOneVoteATerm_5_2() {
      var voter = LoneNode.of(3);
      assertThat(voter.answer(2, requestVote(2, FIRST)))
          .isEqualTo(new RequestVoteResponse(2, true));
      assertThat(voter.answer(3, requestVote(2, FIRST)))
          .isEqualTo(new RequestVoteResponse(2, false));
      assertThat(voter.answer(2, requestVote(2, FIRST)))
          .as("asked again by the same")
          .isEqualTo(new RequestVoteResponse(2, true));
    }

    @Test
    void givesOneVoteATermAcrossACrash_5_2() {
      var voter = LoneNode.of(3);
      voter.answer(2, requestVote(2, FIRST));
      voter.node.crash(0);
      voter.node.start(0);
      assertThat(voter.answer(3, requestVote(2, FIRST)))
          .isEqualTo(new RequestVoteResponse(2, false));
    }

    @ParameterizedTest(name = "candidate''s log ends {0}/{1}, voter''s 3/3: granted {2}")
    @CsvSource({
      "3, 3, true", "3, 4, true", "4, 1, true", "4, 4, true",
      "3, 2, false", "2, 3, false", "2, 9, false", "1, 1, false"
    })
    void votesOnlyForALogAsUpToDateAsItsOwn_5_4_1(long term, long index, boolean granted) {
      var voter = LoneNode.of(3, 2, 3);
      assertThat(voter.answer(2, requestVote(5, new EntryId(term, index))))
          .isEqualTo(new RequestVoteResponse(5, granted));
    }
  }

  @Nested
  class Figure2AllServers {
    @Test
    void applyWhatIsCommittedInOrder_5_3() {
      var follower = LoneNode.of(3, 2, 2);
      follower.answer(2, append(2, new EntryId(2, 2), 2));
      assertThat(follower.node.applied()).hasSize(2);
      follower.answer(2, append(2, new EntryId(2, 3), 3, entry(2, 4)));
      assertThat(follower.node.applied()).extracting(Entry::index).containsExactly(1L, 2L, 3L);
    }

    @Test
    void enterAHigherTermAsFollowers_5_1() {
      for (var makeLeader : List.of(true, false)) {
        var node = LoneNode.of(3);
        if (makeLeader) {
          node.leadAndCommit();
        } else {
          node.stand();
        }
        node.receive(2, heartbeatResponse(7, 0));
        assertThat(node.core().role()).isEqualTo(Role.FOLLOWER);
        assertThat(node.core().currentTerm()).isEqualTo(7);
        node.settle();
        assertThat(node.node.disk().hardState()).isEqualTo(new HardState(7, Optional.empty()));
      }
    }
  }

  @Nested
  class Figure2Followers {
    @Test
    void answerLeadersAndCandidates_5_2() {
      var follower = LoneNode.of(3);
      assertThat(follower.answer(2, append(1, FIRST, 0)))
          .isEqualTo(new AppendEntriesResponse(1, true, 1, 0, 1));
      assertThat(LoneNode.of(3).answer(2, requestVote(2, FIRST)))
          .isEqualTo(new RequestVoteResponse(2, true));
    }

    @Test
    void campaignWhenNobodyIsHeard_5_2() {
      var follower = LoneNode.of(3);
      follower.node.tick(40);
      assertThat(follower.core().role()).isEqualTo(Role.FOLLOWER);
      follower.node.tick(1);
      assertThat(follower.core().role()).isEqualTo(Role.PRE_CANDIDATE);
    }

    @Test
    void waitAnewWhenTheLeaderIsHeard_5_2() {
      var follower = LoneNode.of(3);
      for (Message message : List.of(append(1, FIRST, 0), heartbeat(1, 0, 1))) {
        follower.node.tick(40);
        follower.receive(2, message);
      }
      follower.node.tick(40);
      assertThat(follower.core().role()).isEqualTo(Role.FOLLOWER);
    }

    @Test
    void waitAnewWhenTheyGiveTheirVote_5_2() {
      var follower = LoneNode.of(3);
      follower.node.tick(40);
      follower.answer(2, requestVote(2, FIRST));
      follower.node.tick(40);
      assertThat(follower.core().role()).isEqualTo(Role.FOLLOWER);
    }

    @Test
    void doNotWaitAnewForAVoteThatTheyRefuse_5_2() {
      var follower = LoneNode.of(3, 2, 2);
      follower.node.tick(40);
      follower.answer(2, requestVote(3, FIRST));
      follower.node.tick(1);
      assertThat(follower.core().role()).isEqualTo(Role.PRE_CANDIDATE);
    }
  }

  @Nested
  class Figure2Candidates {
    @Test
    void enterTheNextTermVoteForThemselvesAndAskAllOthers_5_2() {
      var candidate = LoneNode.of(3, 2);
      assertThat(candidate.stand())
          .containsExactly(
              new Outbound(id(2), requestVote(3, new EntryId(2, 2))),
              new Outbound(id(3), requestVote(3, new EntryId(2, 2))));
      assertThat(candidate.node.disk().hardState()).isEqualTo(new HardState(3, Optional.of(id(1))));
    }

    @Test
    void leadWithTheVotesOfAMajority_5_2() {
      var candidate = LoneNode.of(5);
      candidate.stand();
      candidate.receive(2, new RequestVoteResponse(2, true));
      candidate.receive(2, new RequestVoteResponse(2, true));
      candidate.receive(3, new RequestVoteResponse(2, false));
      assertThat(candidate.core().role()).isEqualTo(Role.CANDIDATE);
      candidate.receive(4, new RequestVoteResponse(2, true));
      assertThat(candidate.core().role()).isEqualTo(Role.LEADER);
    }

    @Test
    void followALeaderOfTheirTerm_5_2() {
      var candidate = LoneNode.of(3);
      candidate.stand();
      candidate.receive(2, append(2, FIRST, 0));
      assertThat(candidate.core().role()).isEqualTo(Role.FOLLOWER);
      assertThat(candidate.core().leader()).contains(id(2));
    }

    @Test
    void doNotFollowALeaderOfAnOlderTerm_5_2() {
      var candidate = LoneNode.of(3);
      candidate.stand();
      assertThat(candidate.answer(2, append(1, FIRST, 0)).term()).isEqualTo(2);
      assertThat(candidate.core().role()).isEqualTo(Role.CANDIDATE);
    }

    @Test
    void waitAnewWhenTheyStand_5_2() {
      var candidate = LoneNode.of(3);
      candidate.node.tick(41);
      candidate.settle();
      candidate.node.tick(40); // a quorum answers late
      candidate.receive(2, new PreVoteResponse(2, true));
      candidate.settle();
      candidate.node.tick(40);
      assertThat(candidate.core().role()).isEqualTo(Role.CANDIDATE);
      assertThat(candidate.core().currentTerm()).isEqualTo(2);
    }

    @Test
    void tryAgainWhenNobodyWins_5_2() {
      var candidate = LoneNode.of(3);
      candidate.stand();
      assertThat(candidate.stand()).isNotEmpty();
      assertThat(candidate.core().role()).isEqualTo(Role.CANDIDATE);
      assertThat(candidate.core().currentTerm()).isEqualTo(3);
    }
  }

  @Nested
  class Figure2Leaders {
    @Test
    void beginWithAnEmptyEntryOfTheirOwn_8() {
      var leader = LoneNode.of(3, 1);
      assertThat(leader.lead())
          .containsExactly(
              new Outbound(id(2), append(2, new EntryId(1, 2), 0, noop(2, 3))),
              new Outbound(id(3), append(2, new EntryId(1, 2), 0, noop(2, 3))));
    }

    @Test
    void sendHeartbeatsWhenIdle_5_2() {
      var leader = LoneNode.of(3);
      leader.leadAndCommit();
      leader.node.tick(4);
      assertThat(leader.settle()).isEmpty();
      leader.node.tick(1);
      assertThat(leader.settle())
          .containsExactly(
              new Outbound(id(2), heartbeat(2, 2, 1)), new Outbound(id(3), heartbeat(2, 2, 1)));
    }

    @Test
    void appendCommandsAndSendThemToAll_5_3() {
      var leader = LoneNode.of(3);
      leader.leadAndCommit();
      leader.node.propose(77, "2/3");
      var ready = leader.node.ready();
      assertThat(ready.accepted()).containsExactly(new Ready.Accepted(77, new EntryId(2, 3)));
      assertThat(ready.toSend())
          .containsExactly(
              new Outbound(id(2), append(2, new EntryId(2, 2), 2, entry(2, 3))),
              new Outbound(id(3), append(2, new EntryId(2, 2), 2, entry(2, 3))));
      assertThat(ready.persist().orElseThrow().entries()).containsExactly(entry(2, 3));
    }

    @Test
    void answerACommandOnlyOnceItIsCommittedAndHandedOutToBeApplied_5_3() {
      var leader = LoneNode.of(3);
      leader.leadAndCommit();
      leader.node.propose(77, "2/3");
      leader.settle(); // durable here and nowhere else
      assertThat(leader.node.applied()).hasSize(2);
      leader.receive(2, leader.success(3));
      leader.settle();
      assertThat(leader.node.applied()).endsWith(entry(2, 3));
    }

    @Test
    void afterASuccessSendOnlyWhatFollows_5_3() {
      var leader = LoneNode.of(3, 1, 1);
      leader.lead();
      leader.receive(2, leader.success(4));
      leader.settle();
      leader.node.propose(1, "2/5");
      assertThat(leader.settle())
          .contains(new Outbound(id(2), append(2, new EntryId(2, 4), 4, entry(2, 5))));
    }

    @Test
    void goBackWhereAFollowersLogDiffersAndTryAgain_5_3() {
      var leader = LoneNode.of(3, 2, 3, 3);
      leader.lead();
      // The follower's entry 4 is of term 2: no entry of term 3 can match at or before it.
      leader.receive(2, new AppendEntriesResponse(4, false, 4, 2, 4));
      assertThat(leader.settle())
          .containsExactly(
              new Outbound(id(2), append(4, new EntryId(2, 2), 0, entry(3, 3), entry(3, 4))));
    }

    @Test
    void commitWhatAMajorityHas_5_3() {
      var leader = LoneNode.of(5);
      leader.lead();
      leader.receive(2, leader.success(2));
      assertThat(leader.core().commitIndex()).isZero();
      leader.receive(3, leader.success(2));
      assertThat(leader.core().commitIndex()).isEqualTo(2);
    }

    @Test
    void commitByCountingOnlyEntriesOfTheirOwnTerm_5_4_2() {
      var leader = LoneNode.of(3, 2, 2);
      leader.lead();
      leader.receive(2, leader.success(3)); // on a majority, of an older term
      assertThat(leader.core().commitIndex()).isZero();
      leader.receive(2, leader.success(4)); // its own no-op: all before it at once
      assertThat(leader.core().commitIndex()).isEqualTo(4);
    }
  }

  @Nested
  class Figure3 {
    @Test
    void electionSafety_aSecondLeaderOfATermIsABrokenInvariant() {
      var follower = LoneNode.of(3);
      follower.receive(2, append(2, FIRST, 0));
      assertThatThrownBy(() -> follower.receive(3, append(2, FIRST, 0)))
          .isInstanceOf(Invariant.Violation.class)
          .hasMessageContaining("term 2 has two leaders");
    }

    @Test
    void electionSafety_theVotesOfATermAreEnoughForOneCandidate() {
      int forOne = 1; // each candidate's own
      int forOther = 1;
      for (boolean oneFirst : List.of(true, false, true)) {
        var voter = LoneNode.of(5);
        boolean granted = granted(voter.answer(oneFirst ? 4 : 5, requestVote(2, FIRST)));
        boolean again = granted(voter.answer(oneFirst ? 5 : 4, requestVote(2, FIRST)));
        forOne += (oneFirst ? granted : again) ? 1 : 0;
        forOther += (oneFirst ? again : granted) ? 1 : 0;
      }
      assertThat(forOne).isEqualTo(3);
      assertThat(forOther).isEqualTo(2);
    }

    @Test
    void leaderAppendOnly_aLeadersLogOnlyGrows() {
      var leader = LoneNode.of(3, 1);
      leader.lead();
      List<Entry> before = List.copyOf(leader.node.log());
      leader.receive(2, new AppendEntriesResponse(2, false, 0, 0, 2)); // differs from the start
      leader.node.propose(1, "x");
      leader.settle();
      assertThat(leader.node.log())
          .hasSize(before.size() + 1)
          .startsWith(before.toArray(Entry[]::new));
    }

    @Test
    void leaderAppendOnly_aLeaderTakesNoEntriesFromAnybody() {
      var leader = LoneNode.of(3, 1, 1);
      leader.lead();
      assertThat(leader.answer(2, append(1, FIRST, 0, entry(1, 2))))
          .isInstanceOf(AppendEntriesResponse.class);
      assertThat(leader.node.disk().lastIndex()).isEqualTo(4);
      assertThatThrownBy(() -> leader.receive(2, append(2, FIRST, 0, entry(2, 2))))
          .isInstanceOf(Invariant.Violation.class);
    }

    @Test
    void logMatching_logsThatDivergedAreEqualAgainUpToWhatTheyShare() {
      var group = new Scenario();
      for (String line :
          List.of(
              "nodes 1 2 3",
              "elect 1",
              "partition 1 | 2 3",
              "propose 1 a b", // never committed
              "stabilize",
              "tick 3 40",
              "elect 2",
              "propose 2 c",
              "stabilize",
              "heal",
              "tick 2 5",
              "stabilize")) {
        group.run(line);
      }
      String log = "log=[1/1 members, 2/2 no-op, 3/3 no-op, 3/4 c]";
      assertThat(group.run("status").lines())
          .hasSize(3)
          .allMatch(line -> line.endsWith("commit=4 applied=4 " + log));
    }

    @Test
    void logMatching_whatIsCommittedIsNeverReplaced() {
      var follower = LoneNode.of(3, 2, 2);
      follower.answer(2, append(2, new EntryId(2, 3), 3));
      assertThatThrownBy(() -> follower.receive(2, append(2, new EntryId(2, 2), 3, entry(1, 3))))
          .isInstanceOf(Invariant.Violation.class)
          .hasMessageContaining("truncating 3, commit 3");
    }

    @Test
    void leaderCompleteness_nobodyLeadsWithoutWhatAMajorityHas() {
      // A voter that has the entry refuses whoever has it not, so no majority is without a refusal.
      var voter = LoneNode.of(3, 2);
      assertThat(voter.answer(2, requestVote(3, FIRST)))
          .isEqualTo(new RequestVoteResponse(3, false));
      assertThat(voter.answer(2, preVote(4, FIRST))).isEqualTo(new PreVoteResponse(3, false));
    }

    @Test
    void stateMachineSafety_nothingIsAppliedBeforeItIsCommittedAndDurableHere() {
      var leader = LoneNode.of(3);
      leader.leadAndCommit();
      leader.node.propose(1, "x");
      leader.node.ready(); // being written
      leader.acknowledgeWithoutSync(3);
      assertThat(leader.core().commitIndex()).isEqualTo(3);
      assertThat(leader.node.ready().toApply()).isEmpty();
      leader.node.sync(1);
      assertThat(leader.node.ready().toApply()).extracting(Entry::index).containsExactly(3L);
    }
  }

  private static boolean granted(Message answer) {
    return ((RequestVoteResponse) answer).granted();
  }

  private static AppendEntries append(long term, EntryId previous, long commit, Entry... entries) {
    return new AppendEntries(term, previous, commit, List.of(entries));
  }

  private static Entry noop(long term, long index) {
    return new Entry(new EntryId(term, index), EntryKind.NOOP, 0, Payload.EMPTY);
  }
}
