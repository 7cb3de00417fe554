package dev.rollcall.chaos.check;

import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The sessions of a {@link PlainRegistry}: what makes a repeated write harmless. */
final class PlainSessions {
  private static final class Open {
    private long lastWriteMillis;
    private long lowest;
    private final TreeMap<Long, Outcome> outcomes = new TreeMap<>();
  }

  private final int outcomesMax;
  private final long idleMillisMax;
  private final TreeMap<Long, Open> byId = new TreeMap<>();
  private long wallMillis;
  private long begun;

  PlainSessions(int outcomesMax, long idleMillisMax) {
    this.outcomesMax = outcomesMax;
    this.idleMillisMax = idleMillisMax;
  }

  int open() {
    return byId.size();
  }

  /** Ends those that are over; the clock of the log never goes back. */
  void advanceTo(long millis) {
    wallMillis = Math.max(wallMillis, millis);
    byId.values().removeIf(each -> each.lastWriteMillis + idleMillisMax <= wallMillis);
  }

  long begin() {
    var session = new Open();
    session.lastWriteMillis = wallMillis;
    byId.put(++begun, session);
    return begun;
  }

  Outcome once(Request.Repeat repeat, long revision, Supplier<Outcome> execution) {
    var session = byId.get(repeat.sessionId());
    if (session == null) {
      return new Outcome.SessionExpired(revision, repeat.sessionId());
    }
    if (repeat.sequence() < session.lowest) {
      return new Outcome.RequestTooOld(revision, repeat.sequence());
    }
    var outcome = session.outcomes.get(repeat.sequence());
    if (outcome == null) {
      outcome = execution.get();
      session.outcomes.put(repeat.sequence(), outcome);
    }
    session.lastWriteMillis = wallMillis;
    session.lowest = Math.max(session.lowest, repeat.lowestUnacknowledged());
    while (session.outcomes.size() > outcomesMax) {
      session.lowest = Math.max(session.lowest, session.outcomes.pollFirstEntry().getKey() + 1);
    }
    session.outcomes.headMap(session.lowest).clear();
    return outcome;
  }
}
