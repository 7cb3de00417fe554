package dev.rollcall.chaos.simulation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What happened in one run, or in many added up: the measure of whether a pass means anything. */
final class Totals {
  private static final double OPERATIONS_PER_SEED_MIN = 1_000;
  private static final double LEADER_CHANGES_PER_SEED_MIN = 1;
  private static final double LEADER_CHANGES_PER_MINUTE_MIN = 2;
  private static final double MEMBERSHIP_CHANGES_PER_MINUTE_MIN = 1;
  private static final double SNAPSHOTS_PER_MINUTE_MIN = 1;
  private static final double EXPIRIES_PER_MINUTE_MIN = 10;
  private static final double FEW_PER_MINUTE_MIN = 3;
  private static final double GUARDS_PER_MINUTE_MIN = 0.5;
  private static final double LOSING_CRASHES_PER_SEED_MIN = 0.5;
  private static final int KINDS_MIN = 3;
  private static final int RAREST_SHOWN = 8;

  /** From so many seeds of so many seconds on, no mark may be missed. */
  private static final int SEEDS_FOR_EVERY_MARK = 500;

  private static final int SECONDS_FOR_EVERY_MARK = 60;
  private static final double SEEDS_WITH_ENOUGH_KINDS_MIN = 0.9;

  long seeds;
  long virtualMillis;
  long events;
  long operations;
  long operationsFailed;
  long operationsUnknown;
  long registrations;
  long reads;
  long renewals;
  long expiries;
  long leasesGranted;
  long leasesRevoked;
  long batchesRegistered;
  long requestsRepeated;
  long overridesSet;
  long lifecyclesSet;
  long specsPut;
  long comparedAndSet;
  long mismatches;
  long keysPut;
  long keysDeleted;
  long transactions;
  long guardsEngaged;
  long guardsReleased;
  long leaderChanges;
  long crashes;
  long crashesLosingData;
  long damageFound;
  long disksReplaced;
  long membershipChanges;
  long membershipChangesAcknowledged;
  long snapshotsInstalled;
  long logsCut;
  long coresThatWentOn;
  final Marks marks = new Marks();

  /** The fewest client operations of one seed. */
  private long operationsMin = Long.MAX_VALUE;

  /** The shortest run of one seed. */
  private long virtualMillisMin = Long.MAX_VALUE;

  long messagesLost;
  long messagesDuplicated;
  long messagesReplayed;
  long nodesFounded;

  /** How often each kind of fault struck. */
  private final Map<FaultKind, Long> struck = new EnumMap<>(FaultKind.class);

  /** How often the power ended at each point. */
  private final Map<DurabilityPoint, Long> powerLosses = new EnumMap<>(DurabilityPoint.class);

  private long seedsWithEnoughKinds;

  /** A fault found something to strike. */
  void struck(FaultKind kind) {
    struck.merge(kind, 1L, Long::sum);
    if (struck.size() >= KINDS_MIN) {
      seedsWithEnoughKinds = 1;
    }
  }

  /** A node lost its power at this point. */
  void powerLost(DurabilityPoint point) {
    powerLosses.merge(point, 1L, Long::sum);
  }

  void add(Totals other) {
    marks.add(other.marks);
    operationsMin =
        Math.min(operationsMin, other.seeds == 1 ? other.operations : other.operationsMin);
    virtualMillisMin =
        Math.min(virtualMillisMin, other.seeds == 1 ? other.virtualMillis : other.virtualMillisMin);
    seeds += other.seeds;
    seedsWithEnoughKinds += other.seedsWithEnoughKinds;
    other.struck.forEach((kind, times) -> struck.merge(kind, times, Long::sum));
    virtualMillis += other.virtualMillis;
    events += other.events;
    operations += other.operations;
    operationsFailed += other.operationsFailed;
    operationsUnknown += other.operationsUnknown;
    registrations += other.registrations;
    reads += other.reads;
    renewals += other.renewals;
    expiries += other.expiries;
    leasesGranted += other.leasesGranted;
    leasesRevoked += other.leasesRevoked;
    batchesRegistered += other.batchesRegistered;
    requestsRepeated += other.requestsRepeated;
    overridesSet += other.overridesSet;
    lifecyclesSet += other.lifecyclesSet;
    specsPut += other.specsPut;
    comparedAndSet += other.comparedAndSet;
    mismatches += other.mismatches;
    keysPut += other.keysPut;
    keysDeleted += other.keysDeleted;
    transactions += other.transactions;
    guardsEngaged += other.guardsEngaged;
    guardsReleased += other.guardsReleased;
    leaderChanges += other.leaderChanges;
    crashes += other.crashes;
    crashesLosingData += other.crashesLosingData;
    damageFound += other.damageFound;
    disksReplaced += other.disksReplaced;
    other.powerLosses.forEach((point, times) -> powerLosses.merge(point, times, Long::sum));
    membershipChanges += other.membershipChanges;
    membershipChangesAcknowledged += other.membershipChangesAcknowledged;
    snapshotsInstalled += other.snapshotsInstalled;
    logsCut += other.logsCut;
    coresThatWentOn += other.coresThatWentOn;
    messagesLost += other.messagesLost;
    messagesDuplicated += other.messagesDuplicated;
    messagesReplayed += other.messagesReplayed;
    nodesFounded += other.nodesFounded;
  }

  /** One figure a line, with its mean per seed. */
  String describe() {
    var text = new StringBuilder();
    line(text, "virtual seconds", virtualMillis / 1000);
    line(text, "  in the shortest seed", seeds == 0 ? 0 : virtualMillisMin / 1000);
    line(text, "events", events);
    line(text, "client operations done", operations);
    line(text, "  in the seed with the fewest", seeds == 0 ? 0 : operationsMin);
    line(text, "  registrations", registrations);
    line(text, "  reads", reads);
    line(text, "  renewals", renewals);
    line(text, "operations refused or unavailable", operationsFailed);
    line(text, "operations of unknown outcome", operationsUnknown);
    line(text, "instances expired", expiries);
    line(text, "leases granted", leasesGranted);
    line(text, "leases revoked", leasesRevoked);
    line(text, "batches registered", batchesRegistered);
    line(text, "requests asked for again", requestsRepeated);
    line(text, "overrides set", overridesSet);
    line(text, "instances drained or not", lifecyclesSet);
    line(text, "service specs put", specsPut);
    line(text, "updates of an expected revision", comparedAndSet);
    line(text, "  that was another by then", mismatches);
    line(text, "keys put", keysPut);
    line(text, "keys deleted by request", keysDeleted);
    line(text, "transactions", transactions);
    line(text, "guards engaged", guardsEngaged);
    line(text, "  released by an operator", guardsReleased);
    line(text, "leader changes after the first", leaderChanges);
    line(text, "crashes", crashes);
    line(text, "crashes that lost unsynced data", crashesLosingData);
    line(text, "damaged logs refused", damageFound);
    line(text, "replacements of lost disks", disksReplaced);
    line(text, "configurations in force after the first", membershipChanges);
    line(text, "membership changes acknowledged", membershipChangesAcknowledged);
    line(text, "snapshots installed", snapshotsInstalled);
    line(text, "logs cut at their beginning", logsCut);
    line(text, "cores that went on alone", coresThatWentOn);
    line(text, "messages lost", messagesLost);
    line(text, "messages duplicated", messagesDuplicated);
    line(text, "messages delivered again much later", messagesReplayed);
    line(text, "nodes founded from nothing, apart", nodesFounded);
    line(text, "seeds with 3 kinds of fault or more", seedsWithEnoughKinds);
    for (FaultKind kind : FaultKind.values()) {
      line(text, "  " + kind, struck.getOrDefault(kind, 0L));
    }
    for (DurabilityPoint point : DurabilityPoint.values()) {
      line(text, "  power lost " + point.words(), powerLosses.getOrDefault(point, 0L));
    }
    text.append(String.format("  rarest marks: %s%n", marks.rarest(RAREST_SHOWN)));
    marks.missed().forEach(mark -> text.append(String.format("  mark missed: %s%n", mark)));
    return text.toString();
  }

  /**
   * What was too little for the runs to mean anything, a line each; empty when it was enough.
   *
   * @param chaosSeconds virtual seconds under faults of each seed
   */
  List<String> missing(int chaosSeconds) {
    double minutes = chaosSeconds / 60.0;
    var missing = new ArrayList<String>();
    floor(missing, "client operations", operations, OPERATIONS_PER_SEED_MIN);
    floor(
        missing,
        "leader changes after the first",
        leaderChanges,
        Math.max(LEADER_CHANGES_PER_SEED_MIN, minutes * LEADER_CHANGES_PER_MINUTE_MIN));
    floor(
        missing, "crashes that lost unsynced data", crashesLosingData, LOSING_CRASHES_PER_SEED_MIN);
    floor(
        missing,
        "configurations in force after the first",
        membershipChanges,
        minutes * MEMBERSHIP_CHANGES_PER_MINUTE_MIN);
    ofUsers(missing, minutes);
    floor(missing, "snapshots installed", snapshotsInstalled, minutes * SNAPSHOTS_PER_MINUTE_MIN);
    floor(
        missing,
        "seeds with 3 kinds of fault or more",
        seedsWithEnoughKinds,
        SEEDS_WITH_ENOUGH_KINDS_MIN);
    if (seeds >= SEEDS_FOR_EVERY_MARK && chaosSeconds >= SECONDS_FOR_EVERY_MARK) {
      marks.missed().forEach(mark -> missing.add("never: " + mark));
    }
    return missing;
  }

  private void ofUsers(List<String> missing, double minutes) {
    double few = minutes * FEW_PER_MINUTE_MIN;
    floor(missing, "instances expired", expiries, minutes * EXPIRIES_PER_MINUTE_MIN);
    floor(missing, "leases granted", leasesGranted, few);
    floor(missing, "leases revoked", leasesRevoked, few);
    floor(missing, "batches registered", batchesRegistered, few);
    floor(missing, "requests asked for again", requestsRepeated, few);
    floor(missing, "overrides set", overridesSet, few);
    floor(missing, "instances drained or not", lifecyclesSet, few);
    floor(missing, "service specs put", specsPut, few);
    floor(missing, "guards engaged", guardsEngaged, minutes * GUARDS_PER_MINUTE_MIN);
    floor(missing, "updates of an expected revision", comparedAndSet, few);
    floor(missing, "revisions that were not the expected ones", mismatches, few);
    floor(missing, "keys put", keysPut, few);
    floor(missing, "keys deleted by request", keysDeleted, few);
    floor(missing, "transactions", transactions, few);
  }

  private void floor(List<String> missing, String what, long sum, double perSeedMin) {
    double perSeed = (double) sum / Math.max(1, seeds);
    if (perSeed < perSeedMin) {
      missing.add(
          String.format("%.2f %s per seed, at least %.1f wanted", perSeed, what, perSeedMin));
    }
  }

  private void line(StringBuilder text, String what, long value) {
    text.append(
        String.format(
            "  %-36s %,16d  (%,.1f per seed)%n", what, value, (double) value / Math.max(1, seeds)));
  }
}
