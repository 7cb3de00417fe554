package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.SimNetwork.Weather;
import java.util.ArrayList;
import java.util.List;

/** Executes a schedule of faults, and notes what each came to. Ends by healing everything. */
final class Nemesis {
  private final Stage stage;
  private final FaultSchedule schedule;
  private final Totals totals;
  private final List<Struck> struck = new ArrayList<>();
  private boolean isResting;

  Nemesis(Stage stage, FaultSchedule schedule, Totals totals) {
    this.stage = stage;
    this.schedule = schedule;
    this.totals = totals;
  }

  /** A strike and what it did, for people. */
  record Struck(Strike strike, String what) {}

  void start() {
    for (Strike strike : schedule.strikes()) {
      stage.time().after(strike.atNanos() - stage.time().nowNanos(), () -> strike(strike));
    }
  }

  private void strike(Strike strike) {
    if (isResting) {
      return;
    }
    var what = strike.kind().strike(stage, strike.random());
    what.ifPresent(it -> totals.struck(strike.kind()));
    struck.add(new Struck(strike, what.orElse("nothing to do it to")));
  }

  /** What struck so far. */
  List<Struck> struck() {
    return struck;
  }

  /** Heals the network, restarts whoever is down, and does nothing from now on. */
  void rest() {
    isResting = true;
    stage.close();
    SimCluster cluster = stage.cluster();
    cluster.network().heal();
    cluster.network().weather(Weather.FAIR);
    cluster.nodes().forEach(SimNode::crashNoMore);
    cluster.nodes().forEach(SimNode::goOn);
    cluster.nodes().forEach(SimNode::startIfDown);
  }
}
