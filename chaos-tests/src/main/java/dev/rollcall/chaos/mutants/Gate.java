package dev.rollcall.chaos.mutants;

import java.util.List;

/** What must notice a mutant. */
sealed interface Gate {
  /** Words in the head of a patch that name the simulation. */
  String SIMULATION = "simulation";

  /** Seeds of the simulation. */
  record Simulation() implements Gate {}

  /** An experiment on real processes. */
  record Chaos(List<String> arguments) implements Gate {
    public Chaos {
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * Reads it from the head of a patch; what follows a semicolon is the reason why it is this one.
   *
   * @throws IllegalArgumentException when there is no such gate
   */
  static Gate parse(String killedBy) {
    String gate = killedBy.split(";", 2)[0].strip();
    if (gate.equals(SIMULATION)) {
      return new Simulation();
    }
    String chaos = "bin/chaos ";
    if (gate.startsWith(chaos)) {
      return new Chaos(List.of(gate.substring(chaos.length()).split(" ")));
    }
    throw new IllegalArgumentException("no gate is called " + gate);
  }
}
