package dev.rollcall.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.chaos.check.Ask;
import dev.rollcall.chaos.check.HistoryEvent;
import dev.rollcall.chaos.check.Reply;
import dev.rollcall.chaos.simulation.Observation.Applied;
import dev.rollcall.chaos.simulation.Observation.ByClient;
import dev.rollcall.chaos.simulation.Observation.Committed;
import dev.rollcall.chaos.simulation.Observation.Happened;
import dev.rollcall.chaos.simulation.Observation.HardStateDurable;
import dev.rollcall.chaos.simulation.Observation.Installed;
import dev.rollcall.chaos.simulation.Observation.LeaderCommitted;
import dev.rollcall.chaos.simulation.Observation.Leading;
import dev.rollcall.chaos.simulation.Observation.LeasesExpired;
import dev.rollcall.chaos.simulation.Observation.LockHeld;
import dev.rollcall.chaos.simulation.Observation.LockLeft;
import dev.rollcall.chaos.simulation.Observation.LogBegan;
import dev.rollcall.chaos.simulation.Observation.ReadAsked;
import dev.rollcall.chaos.simulation.Observation.ReadGranted;
import dev.rollcall.chaos.simulation.Observation.RenewalAcknowledged;
import dev.rollcall.chaos.simulation.Observation.RoleChanged;
import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.chaos.simulation.Observation.SnapshotPieceSent;
import dev.rollcall.chaos.simulation.Observation.Started;
import dev.rollcall.raft.core.Campaign;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Ready.RoleState;
import dev.rollcall.raft.core.Role;
import dev.rollcall.store.Change;
import dev.rollcall.store.RevisionChanges;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Each invariant is shown what it exists to refuse: one that cannot fail guards nothing. */
class InvariantsTest {
  private static final InstanceKey KEY = new InstanceKey(new ServiceKey("", "orders"), "i-1");
  private static final long TTL_MILLIS = 1000;

  private final VirtualTime time = new VirtualTime();

  private final DurableLogs logs = new ThreeLogs();

  @Test
  void aStateThatIsFetchedKeepsItsLog() {
    var invariant = new SnapshotIsContinued();
    invariant.observe(new SnapshotPieceSent(0, 20, 21));

    assertThatExceptionOfType(Invariant.Broken.class)
        .isThrownBy(() -> invariant.observe(new SnapshotPieceSent(0, 20, 22)))
        .matches(broken -> broken.invariant().equals("SnapshotIsContinued"));
  }

  @Test
  void twoLeadersOfOneTermAreRefused() {
    refuses(new OneLeaderPerTerm(), leads(0, 3), leads(1, 3));
  }

  @Test
  void twoVotesInOneTermAreRefused() {
    var vote = new Message.RequestVoteResponse(4, true);
    refuses(new OneVotePerTerm(), new Sent(0, 1, vote), new Started(0), new Sent(0, 2, vote));
  }

  @Test
  void aVoteForOneselfCountsAsAVote() {
    refuses(
        new OneVotePerTerm(),
        new Sent(0, 1, new Message.RequestVote(4, EntryId.NONE, Campaign.TRANSFER)),
        new Sent(0, 2, new Message.RequestVoteResponse(4, true)));
  }

  @Test
  void aVoteThatIsNotOnTheDiskIsRefused() {
    refuses(
        new VotesAreDurable(logs),
        new HardStateDurable(0, new HardState(4, Optional.empty())),
        new Sent(0, 1, new Message.RequestVoteResponse(4, true)));
  }

  @Test
  void aCandidatesOwnVoteThatIsNotOnTheDiskIsRefused() {
    refuses(
        new VotesAreDurable(logs),
        new HardStateDurable(0, new HardState(3, Optional.of(new NodeId(0, 0)))),
        new Sent(0, 1, new Message.RequestVote(4, EntryId.NONE, Campaign.TRANSFER)));
  }

  @Test
  void aVoteForAShorterLogIsRefused() {
    refuses(
        new VotesGoToTheUpToDate(logs),
        new Sent(2, 0, new Message.RequestVote(4, new EntryId(1, 4), Campaign.TRANSFER)),
        new Sent(0, 2, new Message.RequestVoteResponse(4, true)));
  }

  @Test
  void aVoteForALongerLogOfAnEarlierTermIsRefused() {
    refuses(
        new VotesGoToTheUpToDate(logs),
        new Sent(2, 0, new Message.RequestVote(4, new EntryId(0, 9), Campaign.TRANSFER)),
        new Sent(0, 2, new Message.RequestVoteResponse(4, true)));
  }

  @Test
  void aTermBelowAPromiseIsRefused() {
    refuses(
        new TermNeverGoesBack(),
        new Sent(0, 1, new Message.AppendEntriesResponse(7, true, 5, 0, 4)),
        new Started(0),
        new Sent(0, 1, new Message.HeartbeatResponse(6, 1, Optional.empty())));
  }

  @Test
  void aTermBelowOneThatWasSpokenOfInThisLifeIsRefused() {
    refuses(
        new TermNeverGoesBack(),
        new Sent(0, 1, new Message.HeartbeatResponse(7, 1, Optional.empty())),
        new Sent(0, 1, new Message.AppendEntriesResponse(6, true, 5, 0, 4)));
  }

  @Test
  void aConfigurationOnTopOfOneThatIsNotCommittedIsRefused() {
    refuses(new OneChangeAtATime(), sentConfiguration(5, 4), sentConfiguration(6, 4));
  }

  @Test
  void aVoteThatIsGoneAfterARestartIsRefused() {
    refuses(
        new VotesAreDurable(logs),
        new HardStateDurable(0, new HardState(4, Optional.of(new NodeId(0, 1)))),
        new Started(0),
        new HardStateDurable(0, new HardState(4, Optional.empty())));
  }

  @Test
  void aLeaderOfTooFewVotesIsRefused() {
    List<Configuration> three =
        List.of(Configuration.ofVoters(List.of(member(0), member(1), member(2))));
    refuses(new ElectedByQuorum(logs), new Observation.Elected(0, 4, three));
  }

  @Test
  void aNodeThatIsReadyBeforeItsReplayIsRefused() {
    refuses(new ReadyAfterReplay(), new Observation.Ready(0, 4, 5));
  }

  @Test
  void aConfigurationBehindTheEndOfTheLogIsRefused() {
    refuses(new ConfigurationIsInTheLog(), new Observation.Truncated(0, 4, 5, false));
  }

  @Test
  void aReadIndexBelowWhatWasAppliedIsRefused() {
    refuses(
        new ReadsAreFresh(), applied(0, 1, 5, "a"), new ReadAsked(1, 7), new ReadGranted(1, 7, 4));
  }

  @Test
  void aCommitIndexThatGoesBackIsRefused() {
    refuses(new CommitNeverGoesBack(), new Committed(0, 9), new Committed(0, 8));
  }

  @Test
  void differentEntriesAtOneIndexAreRefused() {
    refuses(new AppliedNeverDiverges(), applied(0, 1, 5, "a"), applied(1, 2, 5, "a"));
  }

  @Test
  void whatWasNotProposedIsRefusedAsApplied() {
    refuses(
        new AppliedIsWhatWasProposed(),
        applied(0, 1, 5, "a"),
        new Observation.ProposalApplied(0, 5, Payload.wrap(new byte[] {77})));
  }

  @Test
  void differentDigestsAtOneIndexAreRefused() {
    refuses(new AppliedNeverDiverges(), applied(0, 1, 5, "a"), applied(1, 1, 5, "b"));
  }

  @Test
  void anAcknowledgementAheadOfTheDiskIsRefused() {
    refuses(
        new AcknowledgedIsDurable(logs),
        new Sent(2, 0, new Message.AppendEntriesResponse(1, true, 5, 0, 4)));
  }

  @Test
  void anAcknowledgementOfAnotherEntryThanIsOnTheDiskIsRefused() {
    var sent = new Message.AppendEntries(2, new EntryId(2, 5), 0, List.of());
    refuses(
        new AcknowledgedIsDurable(logs),
        new Sent(0, 1, sent),
        new Sent(1, 0, new Message.AppendEntriesResponse(2, true, 5, 0, 5)));
  }

  @Test
  void anEntryAppliedWithoutAQuorumOfDisksIsRefused() {
    refuses(new CommittedIsOnAQuorum(logs), committed(new EntryId(1, 6)));
  }

  @Test
  void anEntryOnTheDisksOfOneHalfOfAJointQuorumOnlyIsRefused() {
    var joint =
        new Configuration(List.of(member(0), member(1)), List.of(member(1), member(2)), List.of());
    refuses(
        new CommittedIsOnAQuorum(logs),
        new LeaderCommitted(0, new EntryId(1, 5), List.of(joint, joint)));
  }

  @Test
  void anEntryThatNoLeaderCommittedIsRefused() {
    refuses(new CommittedIsOnAQuorum(logs), committed(new EntryId(1, 5)), applied(0, 1, 6, "a"));
  }

  @Test
  void anAppliedEntryThatTheOwnDiskHasNotIsRefused() {
    refuses(new AppliedIsDurableHere(logs), applied(2, 1, 5, "a"));
  }

  @Test
  void aLeaderThatTakesBackEntriesIsRefused() {
    refuses(
        new LeaderAppendsOnly(), new Leading(0, 3, 9, Map.of()), new Leading(0, 3, 8, Map.of()));
  }

  @Test
  void aCountThatIsAheadOfTheDiskIsRefused() {
    refuses(new MatchIsDurable(logs), new Leading(0, 3, 9, Map.of(member(2).id(), 5L)));
  }

  @Test
  void oneEntryBehindTwoOthersIsRefused() {
    refuses(new LogsMatch(), sends(0, new EntryId(1, 4)), sends(1, new EntryId(2, 4)));
  }

  @Test
  void quorumsThatDoNotMeetAreRefused() {
    var before = Configuration.ofVoters(List.of(member(0), member(1), member(2)));
    var after = Configuration.ofVoters(List.of(member(2), member(3), member(4)));
    refuses(new ConfigurationsOverlap(before), changes(9, after));
  }

  @Test
  void aRemovedMemberThatComesBackIsRefused() {
    var before = Configuration.ofVoters(List.of(member(0), member(1), member(2)));
    var without =
        new Configuration(
            List.of(member(0), member(1)),
            List.of(),
            List.of(),
            List.of(member(2).id()),
            List.of());
    refuses(new ConfigurationsOverlap(before), changes(9, without), changes(10, before));
  }

  @Test
  void aLogCutAheadOfTheStateIsRefused() {
    refuses(new LogReachesTheState(), new LogBegan(0, 12, 10));
  }

  @Test
  void aSnapshotOfAnotherStateIsRefused() {
    refuses(new AppliedNeverDiverges(), applied(0, 1, 5, "a"), new Installed(1, 5, "b"));
  }

  @Test
  void aLeaderWithoutAnAppliedEntryIsRefused() {
    refuses(new LeaderHasEveryCommitted(logs), applied(0, 1, 5, "a"), leads(2, 2));
  }

  @Test
  void aReadOlderThanAnAcknowledgedWriteIsRefused() {
    refuses(
        new HistoryFollowsRevisions(time),
        registered(1),
        asked(10),
        answered(20, new Reply.Showed(0, Map.of())));
  }

  @Test
  void aReadThatShowsSomethingElseIsRefused() {
    refuses(
        new HistoryFollowsRevisions(time),
        asked(0),
        registered(1),
        answered(20, new Reply.Showed(1, Map.of())));
  }

  @Test
  void aSkippedRevisionIsRefused() {
    refuses(new HistoryFollowsRevisions(time), registered(2));
  }

  @Test
  void aReadThatNoOrderExplainsIsRefusedAtTheEnd() {
    var invariant = new HistoryIsLinearizable(time);
    var nobodyAskedForIt = Map.of(KEY.instanceId(), new Reply.Shown(1, 1, 100));
    invariant.observe(asked(0));
    invariant.observe(answered(20, new Reply.Showed(1, nobodyAskedForIt)));

    assertThatExceptionOfType(Invariant.Broken.class)
        .isThrownBy(invariant::requireAtEnd)
        .matches(broken -> broken.invariant().equals("HistoryIsLinearizable"));
  }

  @Test
  void aSecondHolderOfALockIsRefused() {
    refuses(new LockIsExclusive(), new LockHeld(1, 5), new LockHeld(2, 7));
  }

  @Test
  void aLowerFencingTokenIsRefused() {
    refuses(new LockIsExclusive(), new LockHeld(1, 7), new LockLeft(1), new LockHeld(2, 5));
  }

  @Test
  void anExpiryWithinTheTtlOfAnAcknowledgedKeepaliveIsRefused() {
    refuses(
        liveLeaseIsKept(),
        new RenewalAcknowledged(0, 1, TTL_MILLIS),
        new LeasesExpired(1, List.of(1L)));
  }

  @Test
  void anAcknowledgementOfALeaseJustExpiredIsRefused() {
    refuses(
        liveLeaseIsKept(),
        new LeasesExpired(1, List.of(1L)),
        new RenewalAcknowledged(0, 1, TTL_MILLIS));
  }

  private LiveLeaseIsKept liveLeaseIsKept() {
    return new LiveLeaseIsKept(time, (node, nanos) -> nanos);
  }

  static void refuses(Invariant invariant, Observation... observations) {
    for (int i = 0; i < observations.length - 1; i++) {
      invariant.observe(observations[i]);
    }
    assertThatExceptionOfType(Invariant.Broken.class)
        .isThrownBy(() -> invariant.observe(observations[observations.length - 1]))
        .matches(broken -> broken.invariant().equals(invariant.getClass().getSimpleName()));
  }

  private static LeaderCommitted committed(EntryId id) {
    var all = Configuration.ofVoters(List.of(member(0), member(1), member(2)));
    return new LeaderCommitted(0, id, List.of(all, all));
  }

  static Member member(int number) {
    return new Member(new NodeId(0, number), "peer-" + number, "client-" + number);
  }

  private static Sent sends(int node, EntryId previous) {
    var entry = new Entry(new EntryId(3, 5), EntryKind.COMMAND, 0, Payload.EMPTY);
    return new Sent(node, 2, new Message.AppendEntries(3, previous, 0, List.of(entry)));
  }

  static RoleChanged leads(int node, long term) {
    return new RoleChanged(node, new RoleState(Role.LEADER, term, Optional.empty(), 1));
  }

  private static Applied changes(long index, Configuration to) {
    var entry = new Entry(new EntryId(1, index), EntryKind.CONFIGURATION, 0, to.encode());
    return new Applied(0, List.of(entry), "a");
  }

  private static Applied applied(int node, long term, long index, String digest) {
    var entry = new Entry(new EntryId(term, index), EntryKind.COMMAND, 0, Payload.EMPTY);
    return new Applied(node, List.of(entry), digest);
  }

  private static ByClient asked(long nanos) {
    return new ByClient(new HistoryEvent.Asked(nanos, 1, 0, new Ask.Read(KEY.service(), true)));
  }

  private static ByClient answered(long nanos, Reply reply) {
    return new ByClient(new HistoryEvent.Answered(nanos, 1, reply));
  }

  private static Happened registered(long revision) {
    var instance =
        new Instance(
            KEY,
            1,
            List.of(new Endpoint("http", "http", "10.0.0.1", 80, false)),
            Locality.UNKNOWN,
            100,
            "",
            List.of(),
            new TreeMap<>(),
            Status.UP);
    var registered = new RegisteredInstance(instance, 1, revision, revision);
    var change = new Change.Upserted(registered, Optional.empty());
    return new Happened(
        new RevisionChanges(revision, 0, List.of(change), Map.of(KEY.service(), 0L)));
  }

  private static Sent sentConfiguration(long index, long commitIndex) {
    var entry = new Entry(new EntryId(2, index), EntryKind.CONFIGURATION, 0, Payload.EMPTY);
    var previous = new EntryId(2, index - 1);
    return new Sent(0, 1, new Message.AppendEntries(2, previous, commitIndex, List.of(entry)));
  }
}
