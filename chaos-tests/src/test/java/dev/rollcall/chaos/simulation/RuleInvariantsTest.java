package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.InvariantsTest.leads;
import static dev.rollcall.chaos.simulation.InvariantsTest.member;
import static dev.rollcall.chaos.simulation.InvariantsTest.refuses;

import dev.rollcall.chaos.simulation.Observation.Applied;
import dev.rollcall.chaos.simulation.Observation.Applying;
import dev.rollcall.chaos.simulation.Observation.ConfirmedUnder;
import dev.rollcall.chaos.simulation.Observation.ReadAsked;
import dev.rollcall.chaos.simulation.Observation.ReadGranted;
import dev.rollcall.chaos.simulation.Observation.RequestAnswered;
import dev.rollcall.chaos.simulation.Observation.RequestArrived;
import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.chaos.simulation.Observation.TakenForDurable;
import dev.rollcall.raft.core.Campaign;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Invariants that look at a rule itself, before any damage: each is shown what it must refuse. */
class RuleInvariantsTest {
  private static final Configuration THREE =
      Configuration.ofVoters(List.of(member(0), member(1), member(2)));

  private final DurableLogs logs = new ThreeLogs();

  @Test
  void aReadThatNoQuorumConfirmedSinceIsRefused() {
    var answer = new Message.HeartbeatResponse(4, 1, Optional.empty());
    refuses(
        new ReadsAreConfirmed(logs),
        leads(0, 4),
        new Sent(1, 0, answer),
        new ReadAsked(0, 7),
        new ReadGranted(0, 7, 9),
        new ConfirmedUnder(0, List.of(THREE)));
  }

  @Test
  void takingForDurableWhatAWriteUnderWayReplacesIsRefused() {
    refuses(
        new WritesUnderWayAreNotDurable(),
        new TakenForDurable(0, 4, 5),
        new TakenForDurable(0, 5, Long.MAX_VALUE),
        new TakenForDurable(0, 5, 5));
  }

  @Test
  void aReadIndexBelowTheFirstEntryOfTheTermIsRefused() {
    refuses(new ReadIndexIsOfTheTerm(), leads(0, 4), new ReadGranted(0, 7, 0));
  }

  @Test
  void anAnswerWithoutAConfirmationSinceItsRequestIsRefused() {
    refuses(
        new AnswersAreConfirmed(),
        new ReadAsked(0, 7),
        new RequestArrived(0, 1),
        new ReadGranted(0, 7, 9),
        new RequestAnswered(0, 1));
  }

  @Test
  void aLeaderThatIsNoVoterIsRefused() {
    refuses(new LeaderIsAVoter(logs), new Observation.LeadsUnder(4, THREE, true));
  }

  @Test
  void aConfigurationThatARestartForgetsIsRefused() {
    refuses(new ConfigurationSurvives(), new Observation.ConfigurationRestored(0, 8, 1));
  }

  @Test
  void aSnapshotWithAnEarlierConfigurationIsRefused() {
    var entry = new Entry(new EntryId(1, 6), EntryKind.CONFIGURATION, 0, THREE.encode());
    var start = new LogStart(new EntryId(1, 9), new ConfigurationAt(1, THREE));
    refuses(
        new SnapshotHasItsConfiguration(THREE),
        new Applying(0, List.of(entry)),
        new Observation.SnapshotBegins(0, start));
  }

  @Test
  void aConfigurationThatASnapshotDoesNotReplaceIsRefused() {
    refuses(new SnapshotHasItsConfiguration(THREE), new Observation.LogBeganAnew(0, 9, 9, 7));
  }

  @Test
  void aCandidateOfTheLeaderThatIsRefusedForTheLeadersSakeIsRefused() {
    var request = new Message.RequestVote(5, new EntryId(1, 5), Campaign.TRANSFER);
    refuses(
        new TransferIsNotRefused(),
        new Sent(1, 2, request),
        new Observation.VoteRefused(2, 1, 5, "hears a leader"));
  }

  @Test
  void aReadRequestUnderAnOldNumberIsRefused() {
    var request = new Sent(1, 0, new Message.ReadIndexRequest(4, 9));
    refuses(new ReadRequestsAreNew(), request, new Observation.Started(1), request);
  }

  @Test
  void aLeaderOfAnOlderTermThatIsNotToldIsRefused() {
    refuses(
        new WhoIsBehindIsTold(),
        new Observation.HeardOlder(1, 0, 5),
        new Sent(1, 0, new Message.HeartbeatResponse(4, 0, Optional.empty())),
        new Observation.HeardOlderTurnOver(1));
  }

  @Test
  void aLeaderOnADiskThatStandsStillIsRefused() {
    var timing = new RaftConfig.Timing(5, 40, 25, 50, 80);
    refuses(new LeaderHasItsDisk(logs, timing), new Observation.LeadsWaiting(0, 161, THREE));
  }

  @Test
  void aHandOverThatGoesOnIsRefused() {
    var timing = new RaftConfig.Timing(5, 40, 25, 50, 80);
    refuses(new HandOversEnd(timing), new Observation.HandingOver(0, 41));
  }

  @Test
  void aSnapshotThatIsKeptForNothingIsRefused() {
    refuses(new SnapshotsAreLetGo(), new Observation.SnapshotKept(0, 9));
  }

  @Test
  void anUpdateThatIsInTheLogTwiceIsRefused() {
    refuses(new UpdatesAreAppliedOnce(), update(6), update(7));
  }

  private static Applied update(long index) {
    var key = new InstanceKey(new ServiceKey("", "orders"), "i-1");
    var update =
        new Command.Update(
            key, 1, 0, Optional.empty(), OptionalInt.of(5), Optional.empty(), Optional.empty());
    Payload payload = Payload.wrap(CommandCodec.encode(Request.of(update)));
    var entry = new Entry(new EntryId(1, index), EntryKind.COMMAND, 0, payload);
    return new Applied(0, List.of(entry), "a");
  }
}
