package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * All the trouble of one run, drawn before it begins, so that it can be read, and cut down to what
 * a failure needs. Seeds differ in character: each leaves out a part of the kinds, favours some of
 * the others, and strikes at its own pace.
 *
 * @param strikes by number
 */
record FaultSchedule(List<Strike> strikes) {
  private static final int KINDS_MIN = 4;
  private static final int FAVOUR_MAX = 4;
  private static final long PACE_MIN_NANOS = 400 * MILLISECOND;
  private static final int PACE_DOUBLINGS_MAX = 3;
  private static final int LAPSES_MAX = 2;

  /** One seed in so many has none. */
  private static final int WITHOUT_LAPSES = 4;

  /** Of the others hours pass in one of so many. */
  private static final int WITH_HOURS = 3;

  FaultSchedule {
    strikes = List.copyOf(strikes);
  }

  /**
   * @param chaosNanos how long there is trouble
   */
  static FaultSchedule draw(RandomGenerator random, long chaosNanos) {
    List<FaultKind> lots = lots(random);
    long pace = (long) (PACE_MIN_NANOS * Math.pow(2, random.nextDouble(PACE_DOUBLINGS_MAX)));
    var strikes = new ArrayList<Strike>();
    long at = pace;
    while (at < chaosNanos) {
      FaultKind kind = lots.get(random.nextInt(lots.size()));
      strikes.add(new Strike(strikes.size() + 1, at, kind, random.nextLong()));
      at += random.nextLong(pace / 4, 2 * pace);
    }
    return new FaultSchedule(strikes);
  }

  /** The same with what befalls users, in most seeds: behind the others, whose numbers stay. */
  FaultSchedule withLapses(RandomGenerator random, long chaosNanos) {
    if (random.nextInt(WITHOUT_LAPSES) == 0) {
      return this;
    }
    var all = new ArrayList<>(strikes);
    int lapses = random.nextInt(1, LAPSES_MAX + 1);
    for (int lapse = 0; lapse < lapses; lapse++) {
      long at = random.nextLong(chaosNanos);
      all.add(new Strike(all.size() + 1, at, FaultKind.MASS_LAPSE, random.nextLong()));
    }
    if (random.nextInt(WITH_HOURS) == 0) {
      long at = random.nextLong(chaosNanos);
      all.add(new Strike(all.size() + 1, at, FaultKind.HOURS_PASS, random.nextLong()));
    }
    return new FaultSchedule(all);
  }

  /** Each kind of this seed as often as it is favoured. */
  private static List<FaultKind> lots(RandomGenerator random) {
    var lots = new ArrayList<FaultKind>();
    int kinds = 0;
    while (kinds < KINDS_MIN) {
      lots.clear();
      kinds = 0;
      for (FaultKind kind : FaultKind.values()) {
        if (kind.share() > 0 && random.nextBoolean()) {
          kinds++;
          int times = kind.share() * random.nextInt(1, FAVOUR_MAX + 1);
          for (int lot = 0; lot < times; lot++) {
            lots.add(kind);
          }
        }
      }
    }
    return lots;
  }

  /** What is left when these are cut out. */
  FaultSchedule without(Set<Integer> numbers) {
    return new FaultSchedule(
        strikes.stream().filter(strike -> !numbers.contains(strike.number())).toList());
  }

  /** These alone. */
  FaultSchedule only(Set<Integer> numbers) {
    return new FaultSchedule(
        strikes.stream().filter(strike -> numbers.contains(strike.number())).toList());
  }
}
