package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.SimNetwork.Weather;
import java.util.function.Consumer;

/** Executes a schedule of faults, and tells what each came to. Ends by healing everything. */
final class Nemesis {
  private final Stage stage;
  private final FaultSchedule schedule;
  private final Consumer<Struck> struck;

  /**
   * @param struck told of each strike
   */
  Nemesis(Stage stage, FaultSchedule schedule, Consumer<Struck> struck) {
    this.stage = stage;
    this.schedule = schedule;
    this.struck = struck;
  }

  void start() {
    for (Strike strike : schedule.strikes()) {
      stage.time().after(strike.atNanos() - stage.time().nowNanos(), () -> strike(strike));
    }
  }

  private void strike(Strike strike) {
    if (!stage.isClosed()) {
      struck.accept(new Struck(strike, strike.kind().strike(stage, strike.random())));
    }
  }

  /** Heals the network, restarts whoever is down, and does nothing from now on. */
  void rest() {
    stage.close();
    SimCluster cluster = stage.cluster();
    cluster.network().heal();
    cluster.network().weather(Weather.FAIR);
    cluster.nodes().forEach(node -> node.clock().mend());
    cluster.nodes().forEach(SimNode::crashNoMore);
    cluster.nodes().forEach(SimNode::goOn);
    cluster.nodes().forEach(SimNode::startIfDown);
  }
}
