package dev.rollcall.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.chaos.simulation.Observation.Executed;
import dev.rollcall.chaos.simulation.Observation.GuardChanged;
import dev.rollcall.chaos.simulation.Observation.LeasesExpired;
import dev.rollcall.chaos.simulation.Observation.LeasesStarted;
import dev.rollcall.chaos.simulation.Observation.RenewalAcknowledged;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.server.replication.GuardLimits;
import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.Digest;
import dev.rollcall.store.LogEntry;
import dev.rollcall.store.OrderedStore;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.fake.MemoryOrderedStore;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule about what a node makes of the log refuses what it exists to refuse. */
class RegistryFollowsRulesTest {
  private static final Command GRANT = new Command.GrantLease("space", 5_000);

  private final VirtualTime time = new VirtualTime();
  private final RegistryFollowsRules rules = new RegistryFollowsRules(time);
  private final RegistryStore store = RegistryStore.open(new MemoryOrderedStore());

  @Test
  void whatTheStoreMakesOfGrantAndRevocationIsTaken() {
    assertThatCode(
            () -> {
              rules.observe(executed(0, 1, GRANT, apply(1, GRANT)));
              rules.observe(executed(0, 2, new Command.RevokeLease(1), apply(2, revocation())));
            })
        .doesNotThrowAnyException();
  }

  @Test
  void anOutcomeAgainstTheRulesIsRefused() {
    apply(1, GRANT);

    refuses(executed(0, 1, GRANT, new Outcome.LeaseGranted(0, 2, 5_000)));
  }

  @Test
  void aNodeThatHasForgottenALeaseIsRefused() {
    rules.observe(executed(0, 1, GRANT, apply(1, GRANT)));

    var forgetful = RegistryStore.open(new MemoryOrderedStore());
    refuses(
        new Executed(
            1,
            List.of(entry(1, GRANT)),
            List.of(new Outcome.LeaseGranted(0, 1, 5_000)),
            forgetful));
  }

  @Test
  void aRenewalOfALeaseThatWasOverIsRefused() {
    rules.observe(executed(0, 1, GRANT, apply(1, GRANT)));
    rules.observe(executed(0, 2, revocation(), apply(2, revocation())));

    refuses(new RenewalAcknowledged(1, 1, 5_000));
  }

  @Test
  void aDigestThatDoesNotCoverWhatWasWrittenIsRefused() {
    var rows = new DigestCoversRows(new MemoryOrderedStore());
    var covered = RegistryStore.open(rows);
    covered.apply(List.of(new LogEntry(1, 0, CommandCodec.encode(Request.of(GRANT)))));
    Digest told = covered.status().digest();
    assertThatCode(() -> rows.require(1, told)).doesNotThrowAnyException();

    rows.write(
        new OrderedStore.Batch(List.of(new OrderedStore.Operation.Delete(new byte[] {'i', 1}))));
    assertThatExceptionOfType(Invariant.Broken.class).isThrownBy(() -> rows.require(2, told));
  }

  @Test
  void leasesThatStartBeforeAnythingOfTheTermIsAppliedAreRefused() {
    var upToDate = new LeasesStartUpToDate();
    upToDate.observe(executed(0, 1, GRANT, apply(1, GRANT)));

    assertThatCode(() -> upToDate.observe(new LeasesStarted(0, 1))).doesNotThrowAnyException();
    assertThatExceptionOfType(Invariant.Broken.class)
        .isThrownBy(() -> upToDate.observe(new LeasesStarted(0, 2)));
  }

  @Test
  void aGuardThatLetsMoreExpireThanItSaysIsRefused() {
    var guard = new GuardHolds(time, GuardLimits.DEFAULT);
    guard.observe(new LeasesExpired(1, List.of(1L, 2L, 3L, 4L, 5L, 6L)));
    guard.observe(new GuardChanged(true, 20));
    guard.observe(new LeasesExpired(1, List.of(7L, 8L, 9L, 10L)));

    assertThatExceptionOfType(Invariant.Broken.class)
        .isThrownBy(() -> guard.observe(new LeasesExpired(1, List.of(11L))));
  }

  @Test
  void aGuardThatIsReleasedHoldsNobody() {
    var guard = new GuardHolds(time, GuardLimits.DEFAULT);
    guard.observe(new GuardChanged(true, 20));
    guard.observe(new GuardChanged(false, 20));

    assertThatCode(() -> guard.observe(new LeasesExpired(1, List.of(1L, 2L, 3L, 4L, 5L))))
        .doesNotThrowAnyException();
  }

  private static Command revocation() {
    return new Command.RevokeLease(1);
  }

  private Outcome apply(long index, Command command) {
    byte[] bytes = CommandCodec.encode(Request.of(command));
    return store.apply(List.of(new LogEntry(index, 0, bytes))).outcomes().getFirst();
  }

  private Executed executed(int node, long index, Command command, Outcome outcome) {
    return new Executed(node, List.of(entry(index, command)), List.of(outcome), store);
  }

  private static Entry entry(long index, Command command) {
    var payload = Payload.wrap(CommandCodec.encode(Request.of(command)));
    return new Entry(new EntryId(1, index), EntryKind.COMMAND, 0, payload);
  }

  private void refuses(Observation observation) {
    assertThatExceptionOfType(Invariant.Broken.class).isThrownBy(() -> rules.observe(observation));
  }
}
