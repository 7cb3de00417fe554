package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Applied;
import dev.rollcall.chaos.simulation.Observation.Applying;
import dev.rollcall.chaos.simulation.Observation.Executed;
import dev.rollcall.chaos.simulation.Observation.Installed;
import dev.rollcall.chaos.simulation.Observation.LeadershipConfirmed;
import dev.rollcall.chaos.simulation.Observation.LeasesStarted;
import dev.rollcall.chaos.simulation.Observation.SnapshotBegins;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.driver.SnapshotStaging;
import dev.rollcall.raft.driver.StateMachine;
import dev.rollcall.raft.driver.StateSnapshot;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import java.util.List;
import java.util.Optional;

/**
 * A node's state machine, with the world told of what it applies, before anybody hears the
 * outcomes.
 */
final class Watched implements StateMachine<Outcome> {
  private final StateMachine<Outcome> machine;
  private final RegistryStore store;
  private final SimNode node;
  private final World world;
  private final Stagings stagings;

  Watched(
      StateMachine<Outcome> machine,
      RegistryStore store,
      Stagings stagings,
      SimNode node,
      World world) {
    this.machine = machine;
    this.store = store;
    this.stagings = stagings;
    this.node = node;
    this.world = world;
  }

  @Override
  public long lastApplied() {
    return machine.lastApplied();
  }

  @Override
  public List<Outcome> apply(List<Entry> entries) {
    world.applying(entries);
    world.see(new Applying(node.number(), entries));
    List<Outcome> outcomes = machine.apply(entries);
    String digest = store.status().digest().toString();
    world.hash(() -> node.number() + " " + digest);
    world.see(new Executed(node.number(), entries, outcomes, store));
    world.see(new Applied(node.number(), entries, digest));
    return outcomes;
  }

  @Override
  public Payload digest() {
    Payload digest = machine.digest();
    return node.isStateWrong() ? flipped(digest) : digest;
  }

  private static Payload flipped(Payload digest) {
    byte[] bytes = digest.bytes().clone();
    bytes[0] ^= 1;
    return Payload.wrap(bytes);
  }

  @Override
  public long durableIndex() {
    return machine.durableIndex();
  }

  @Override
  public StateSnapshot snapshot() {
    return machine.snapshot();
  }

  @Override
  public SnapshotStaging stage(LogStart start) {
    return stagings.begun(machine.stage(start));
  }

  @Override
  public void install(SnapshotStaging staged) {
    machine.install(stagings.installed(staged));
    node.stateReplaced();
    world.totals().snapshotsInstalled++;
    world.see(
        new Installed(node.number(), machine.lastApplied(), store.status().digest().toString()));
    machine.installed().ifPresent(start -> world.see(new SnapshotBegins(node.number(), start)));
  }

  @Override
  public Optional<LogStart> installed() {
    return machine.installed();
  }

  @Override
  public void leadershipStarted(long term) {
    world.see(new LeasesStarted(node.number(), term));
    machine.leadershipStarted(term);
  }

  @Override
  public void leadershipEnded() {
    machine.leadershipEnded();
  }

  @Override
  public void leadershipConfirmed() {
    world.see(new LeadershipConfirmed(node.number()));
    machine.leadershipConfirmed();
  }

  @Override
  public void close() {
    machine.close();
  }
}
