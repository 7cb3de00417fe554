package dev.rollcall.chaos.simulation;

import java.util.Optional;
import java.util.random.RandomGenerator;

/** One kind of trouble: a name for schedules, how common it is, and how it strikes. */
enum FaultKind {
  CRASH(2, CrashFaults::crash),
  CRASH_LEADER(1, CrashFaults::crashLeader),
  CRASH_IN_WRITE(4, CrashFaults::crashInTheMiddleOfAWrite),
  CRASH_ALL(1, CrashFaults::crashAll),
  CRASH_AT_POINT(8, CrashFaults::crashAtPoint, Counted.WHEN_IT_IS_MET),
  CRASH_AT_RARE_POINT(4, CrashFaults::crashAtRarePoint, Counted.WHEN_IT_IS_MET),
  KILL(2, CrashFaults::kill),
  PAUSE(2, CrashFaults::pause),
  SLOW_CPU(2, CrashFaults::slowDown),

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
  FORCE_FAILS(1, DiskFaults::failForce, Counted.WHEN_IT_IS_MET),
  WRITE_FAILS(1, DiskFaults::failWrite, Counted.WHEN_IT_IS_MET),
  READ_FAILS(1, DiskFaults::failRead, Counted.WHEN_IT_IS_MET),
  DISK_FULL(2, DiskFaults::fill, Counted.WHEN_IT_IS_MET),
  STATE_FLUSH_FAILS(1, DiskFaults::failStateFlush, Counted.WHEN_IT_IS_MET),
  ROT(2, DiskFaults::rot),
  LOST_WRITE(2, DiskFaults::loseWrite),
  MISDIRECTED_WRITE(2, DiskFaults::misdirectWrite),
  WIPE(1, DiskFaults::wipe),
  WRONG_STATE(2, DiskFaults::spoilState),

  TRANSFER(4, MembershipFaults::transfer),
  ADD_MEMBER(1, MembershipFaults::add),
  REMOVE_MEMBER(1, MembershipFaults::remove),
  REMOVE_LEARNERS(1, MembershipFaults::removeLearners),
  REPLACE_MEMBER(1, MembershipFaults::replace),
  PROMOTE_MEMBERS(1, MembershipFaults::promote),
  CHANGE_CUT_OFF(2, MembershipFaults::changeCutOff),

  LEADS_MINORITY(3, LeaderFaults::leadsMinority),
  LOST_WHILE_JOINT(4, LeaderFaults::lostWhileJoint, Counted.WHEN_IT_IS_MET),
  CANDIDATE_CUT_OFF(2, LeaderFaults::candidateCutOff, Counted.WHEN_IT_IS_MET),
  FIGURE_EIGHT(2, LeaderFaults::figureEight, Counted.WHEN_IT_IS_MET),

  LEFT_WITH_A_SUFFIX(2, SnapshotFaults::leftWithASuffix, Counted.WHEN_IT_IS_MET),
  FETCH_OVERTAKEN(5, SnapshotFaults::fetchOvertaken, Counted.WHEN_IT_IS_MET),
  STRAY_FETCH(2, SnapshotFaults::strayFetch, Counted.WHEN_IT_IS_MET),

  MASS_LAPSE(FaultKind.BESIDE, LoadFaults::massLapse),
  HOURS_PASS(FaultKind.BESIDE, ClockFaults::hoursPass);

  /** The share of a kind that is drawn by itself, and leaves what others do as it was. */
  private static final int BESIDE = 0;

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

  /** When it counts as having struck. */
  enum Counted {
    AT_ONCE,
    /** It lies in wait, and counts itself when somebody runs into it. */
    WHEN_IT_IS_MET
  }

  private final int share;
  private final Counted counted;

  @SuppressWarnings("ImmutableEnumChecker") // methods without state
  private final Fault fault;

  FaultKind(int share, Fault fault) {
    this(share, fault, Counted.AT_ONCE);
  }

  FaultKind(int share, Fault fault, Counted counted) {
    this.share = share;
    this.fault = fault;
    this.counted = counted;
  }

  Counted counted() {
    return counted;
  }

  /** How common it is beside the others, in seeds that use it. */
  int share() {
    return share;
  }

  Optional<String> strike(Stage stage, RandomGenerator random) {
    return fault.strike(stage, random);
  }
}
