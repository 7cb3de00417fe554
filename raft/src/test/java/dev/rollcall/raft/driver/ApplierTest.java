package dev.rollcall.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Ready.RoleState;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.core.StateDigest;
import dev.rollcall.raft.driver.Handover.Accepted;
import dev.rollcall.raft.driver.Handover.Granted;
import dev.rollcall.raft.driver.Handover.Pass;
import dev.rollcall.raft.driver.Inbox.OpenProposal;
import dev.rollcall.raft.driver.Inbox.ReadGroup;
import dev.rollcall.raft.driver.RaftNodeConfig.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ApplierTest {
  private static final NodeId SELF = new NodeId(0, 1);
  private static final int COMMAND_BYTES = Entry.OVERHEAD_BYTES + 1;

  private final Journal journal = new Journal();
  private final Heard heard = new Heard();
  private final List<Boolean> installs = new ArrayList<>();
  private final List<Optional<SnapshotSource.Pinned>> pins = new ArrayList<>();
  private final Inbox<String> inbox = new Inbox<>(Limits.DEFAULT, 0);
  private final Applier<String> applier =
      new Applier<>(journal, inbox, 10 * COMMAND_BYTES, 5, AppliedPoint.none());

  @Test
  void joinsTheEntriesOfSeveralPassesIntoOneApply() {
    applier.add(entries(1, 1, 3));
    applier.add(entries(1, 4, 5));
    applier.runOnce();
    assertThat(journal.rangeSizes()).containsExactly(5);
    assertThat(inbox.marks().applied()).isEqualTo(5);
  }

  @Test
  void appliesNoMoreThanItsBytesAtOnce() {
    applier.add(entries(1, 1, 6));
    applier.add(entries(1, 7, 12));
    applier.add(entries(1, 13, 14));
    applier.runOnce();
    assertThat(journal.rangeSizes()).containsExactly(6, 8);
  }

  @Test
  void oneApplyTakesExactlyItsBytesAndNoEntryMore() {
    applier.add(entries(1, 1, 9));
    applier.add(entries(1, 10, 10));
    applier.add(entries(1, 11, 11));
    applier.runOnce();
    assertThat(journal.rangeSizes()).containsExactly(10, 1);
  }

  @Test
  void aVerifyEntryEndsARangeAndTheStateIsDigestedThere() {
    var verify = new Entry(new EntryId(1, 3), EntryKind.VERIFY, 0, Payload.EMPTY);
    applier.add(entries(1, 1, 2));
    applier.add(entries(List.of(verify)));
    applier.add(entries(1, 4, 5));
    applier.runOnce();
    assertThat(journal.rangeSizes()).containsExactly(3, 2);
    assertThat(inbox.takeDigests()).containsExactly(new StateDigest(3, Journal.command("x,x;")));
    assertThat(journal.digest()).isEqualTo(Journal.command("x,x,x,x;"));
  }

  @Test
  void holdsAReadUntilItsIndexIsApplied() {
    applier.add(read("read", 2, 7));
    applier.add(entries(1, 1, 1));
    applier.runOnce();
    assertThat(heard.texts()).isEmpty();
    assertThat(applier.freshAsOfNanos()).isEmpty();
    applier.add(entries(1, 2, 2));
    applier.runOnce();
    assertThat(heard.texts()).containsExactly("read ready");
    assertThat(applier.freshAsOfNanos()).hasValue(7);
  }

  @Test
  void freshnessNeverGoesBack() {
    applier.add(read("late", 0, 9));
    applier.add(read("early", 0, 8));
    applier.runOnce();
    assertThat(applier.freshAsOfNanos()).hasValue(9);
  }

  @Test
  void confirmsLeadershipOnlyAfterTheReadsThatCameBefore() {
    applier.add(role(Role.LEADER, 2, 1));
    applier.add(entries(2, 1, 1));
    applier.add(noted("read", 3));
    applier.add(confirmed(2));
    applier.add(entries(2, 2, 2));
    applier.runOnce();
    assertThat(journal.events()).containsExactly("started 2");
    applier.add(entries(2, 3, 3));
    applier.runOnce();
    assertThat(journal.events()).containsExactly("started 2", "read", "confirmed");
  }

  @Test
  void confirmsNothingOfATermItDoesNotLead() {
    applier.add(role(Role.LEADER, 2, 1));
    applier.add(entries(2, 1, 1));
    applier.add(role(Role.FOLLOWER, 3, 0));
    applier.add(confirmed(2));
    applier.runOnce();
    assertThat(journal.events()).containsExactly("started 2", "ended");
  }

  @Test
  void anotherLeadersEntryInThePlaceOfTheNoopStartsNoLeadership() {
    applier.add(role(Role.LEADER, 2, 1));
    applier.add(
        new Pass<>(
            Optional.of(new RoleState(Role.FOLLOWER, 3, Optional.empty(), 0)),
            List.of(),
            List.of(),
            commands(3, 1, 1),
            List.of(),
            List.of(),
            Optional.empty()));
    applier.runOnce();
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void leadershipOfALaterTermEndsTheEarlierFirst() {
    applier.add(role(Role.LEADER, 2, 1));
    applier.add(entries(2, 1, 1));
    applier.add(role(Role.LEADER, 4, 2));
    applier.add(entries(4, 2, 2));
    applier.runOnce();
    assertThat(journal.events()).containsExactly("started 2", "ended", "started 4");
  }

  @Test
  void tellsEveryProposalAtAnIndexWhetherItWasTheOne() {
    applier.add(accepted("first", 1, 1));
    applier.add(accepted("second", 3, 1));
    applier.add(accepted("later", 3, 2));
    applier.add(entries(3, 1, 1));
    applier.runOnce();
    assertThat(heard.texts()).containsExactly("first lost", "second applied 1:x");
    applier.add(entries(4, 2, 2));
    applier.runOnce();
    assertThat(heard.texts()).endsWith("later lost");
  }

  @Test
  void saysReplayedWhenTheIndexOfTheStartIsApplied() {
    applier.add(entries(1, 1, 4));
    applier.runOnce();
    assertThat(applier.replayed()).isNotDone();
    applier.add(entries(1, 5, 5));
    applier.runOnce();
    assertThat(applier.replayed()).isCompleted();
  }

  @Test
  void aGapBetweenEntriesStopsTheNode() {
    applier.add(entries(1, 2, 2));
    assertThatThrownBy(applier::runOnce).isInstanceOf(Invariant.Violation.class);
  }

  @Test
  void belongsToOneThread() throws InterruptedException {
    applier.runOnce();
    Throwable[] thrown = new Throwable[1];
    Thread other = new Thread(applier::runOnce);
    other.setUncaughtExceptionHandler((thread, cause) -> thrown[0] = cause);
    other.start();
    other.join();
    assertThat(thrown[0]).isInstanceOf(Invariant.Violation.class);
  }

  private Pass<String> accepted(String name, long term, long index) {
    OpenProposal<String> proposal = new OpenProposal<>(heard.proposal(name), 1);
    return new Pass<>(
        Optional.empty(),
        List.of(new Accepted<>(new EntryId(term, index), proposal)),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty());
  }

  @Test
  void goesOnBehindASnapshotAndLeavesOutWhatItContains() {
    applier.add(entries(1, 1, 3));
    applier.add(read("read", 5, 1));
    applier.install(staged(6), installs::add);
    applier.add(entries(1, 4, 8));
    applier.runOnce();
    assertThat(installs).containsExactly(true);
    assertThat(journal.rangeSizes()).containsExactly(3, 2);
    assertThat(journal.lastApplied()).isEqualTo(8);
    assertThat(heard.texts()).containsExactly("read ready");
    assertThat(applier.replayed()).isCompleted();
    assertThat(inbox.marks().applied()).isEqualTo(8);
    assertThat(inbox.marks().installed()).map(start -> start.previous().index()).hasValue(6L);
  }

  @Test
  void installsNothingThatItHasAlready() {
    applier.add(entries(1, 1, 6));
    applier.install(staged(6), installs::add);
    applier.runOnce();
    assertThat(installs).containsExactly(false);
    assertThat(journal.events()).isEmpty();
    assertThat(inbox.marks().installed()).isEmpty();
  }

  @Test
  void installsNothingWhileThisNodeLeads() {
    applier.add(role(Role.LEADER, 2, 4));
    applier.install(staged(6), installs::add);
    applier.runOnce();
    assertThat(installs).containsExactly(false);
    applier.add(role(Role.FOLLOWER, 3, 0));
    applier.install(staged(6), installs::add);
    applier.runOnce();
    assertThat(installs).containsExactly(false, true);
  }

  @Test
  void forgetsProposalsThatASnapshotJumpedOverAndMakesRoomForOthers() {
    var one = new Inbox<String>(new Limits(1, 100, 1, 1, 100), 0);
    var jumping = new Applier<>(journal, one, 100, 0, AppliedPoint.none());
    assertThat(one.offerProposal(0, Journal.command("a"), heard.proposal("a"))).isTrue();
    var open = one.takeProposals().getFirst().open();
    jumping.add(
        new Pass<>(
            Optional.empty(),
            List.of(new Accepted<>(new EntryId(1, 5), open)),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty()));
    jumping.runOnce();
    assertThat(one.offerProposal(0, Journal.command("b"), heard.proposal("b"))).isFalse();
    jumping.install(staged(6), installs::add);
    jumping.runOnce();
    assertThat(one.offerProposal(0, Journal.command("b"), heard.proposal("b"))).isTrue();
    // Whether it was applied nobody knows.
    assertThat(heard.texts()).isEmpty();
  }

  @Test
  void pinsTheStateWithTheConfigurationInForceThere() {
    var members = Configuration.ofVoters(List.of(new Member(SELF, "p:1", "c:1")));
    applier.pin(pins::add);
    applier.runOnce();
    assertThat(pins.getFirst()).as("nothing was applied").isEmpty();
    var configuration = new Entry(new EntryId(1, 1), EntryKind.CONFIGURATION, 0, members.encode());
    applier.add(entries(List.of(configuration)));
    applier.add(entries(2, 2, 3));
    applier.pin(pins::add);
    applier.runOnce();
    assertThat(pins.getLast())
        .hasValueSatisfying(pinned -> {
          assertThat(pinned.state().lastIndex()).isEqualTo(3);
          assertThat(pinned.start())
              .isEqualTo(new LogStart(new EntryId(2, 3), new ConfigurationAt(1, members)));
        });
  }

  private SnapshotStaging staged(long index) {
    var members = Configuration.ofVoters(List.of(new Member(SELF, "p:1", "c:1")));
    var staged =
        journal.stage(new LogStart(new EntryId(1, index), new ConfigurationAt(1, members)));
    staged.add(Journal.command("end 0"));
    staged.finish();
    return staged;
  }

  private static Pass<String> entries(long term, long from, long to) {
    return entries(commands(term, from, to));
  }

  private static Pass<String> entries(List<Entry> entries) {
    return new Pass<>(
        Optional.empty(), List.of(), List.of(), entries, List.of(), List.of(), Optional.empty());
  }

  private static List<Entry> commands(long term, long from, long to) {
    return LongStream.rangeClosed(from, to)
        .mapToObj(index ->
            new Entry(new EntryId(term, index), EntryKind.COMMAND, 0, Journal.command("x")))
        .toList();
  }

  private Pass<String> read(String name, long index, long askedAtNanos) {
    return granted(new Granted(index, new ReadGroup(askedAtNanos, List.of(heard.read(name)))));
  }

  private Pass<String> noted(String name, long index) {
    ReadListener listener =
        new ReadListener() {
          @Override
          public void ready() {
            journal.note(name);
          }

          @Override
          public void failed() {
            journal.note(name + " failed");
          }
        };
    return granted(new Granted(index, new ReadGroup(0, List.of(listener))));
  }

  private static Pass<String> granted(Granted granted) {
    return new Pass<>(
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        List.of(granted),
        List.of(),
        Optional.empty());
  }

  private static Pass<String> confirmed(long term) {
    return new Pass<>(
        Optional.empty(), List.of(), List.of(), List.of(), List.of(), List.of(), Optional.of(term));
  }

  private static Pass<String> role(Role role, long term, long noopIndex) {
    return new Pass<>(
        Optional.of(new RoleState(role, term, Optional.of(SELF), noopIndex)),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty());
  }
}
