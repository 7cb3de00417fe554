package dev.rollcall.chaos.simulation;

import java.util.Optional;
import java.util.random.RandomGenerator;

/** One kind of trouble: a name for schedules, how common it is, and how it strikes. */
enum FaultKind {
  CRASH(2, CrashFaults::crash),
  CRASH_LEADER(1, CrashFaults::crashLeader),
  CRASH_IN_WRITE(4, CrashFaults::crashInTheMiddleOfAWrite),
  CRASH_ALL(1, CrashFaults::crashAll),
  PAUSE(2, CrashFaults::pause),

  CUT_OFF(1, NetworkFaults::cutOffOne),
  BRIDGE(1, NetworkFaults::bridge),
  RING(1, NetworkFaults::ring),
  STORM(4, NetworkFaults::storm),
  CONNECTIONS_END(2, NetworkFaults::connectionsEnd),
  CLOG(2, NetworkFaults::clog),
  LATE_MESSAGES(4, NetworkFaults::lateMessages),

  CLOCK_RATE(1, ClockFaults::rate),
  CLOCK_STOP(1, ClockFaults::stop),
  WALL_CLOCK_JUMP(1, ClockFaults::jump),
  MACHINE_STOP(1, ClockFaults::machineStop),

  DISK_STALL(2, DiskFaults::stall),

  TRANSFER(2, MembershipFaults::transfer),
  ADD_MEMBER(1, MembershipFaults::add),
  REMOVE_MEMBER(1, MembershipFaults::remove),
  REMOVE_LEARNERS(1, MembershipFaults::removeLearners),
  REPLACE_MEMBER(1, MembershipFaults::replace);

  /** How a kind strikes. */
  interface Fault {
    /**
     * Does it, now. What has to end plans its end by {@link Stage#later}.
     *
     * @param random of this strike alone: it says the same whatever else strikes
     * @return what was done, for people; empty when there was nothing to do it to
     */
    Optional<String> strike(Stage stage, RandomGenerator random);
  }

  private final int share;

  @SuppressWarnings("ImmutableEnumChecker") // methods without state
  private final Fault fault;

  FaultKind(int share, Fault fault) {
    this.share = share;
    this.fault = fault;
  }

  /** How common it is beside the others, in seeds that use it. */
  int share() {
    return share;
  }

  Optional<String> strike(Stage stage, RandomGenerator random) {
    return fault.strike(stage, random);
  }
}
