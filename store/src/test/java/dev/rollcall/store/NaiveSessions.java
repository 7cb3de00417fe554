package dev.rollcall.store;

import dev.rollcall.store.request.Session;
import dev.rollcall.store.request.SessionTable;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What sessions are to remember, said as plainly as can be. */
final class NaiveSessions {
  private static final class Known {
    long lastWrite;
    long lowest;
    final TreeMap<Long, Outcome> outcomes = new TreeMap<>();
  }

  private final TreeMap<Long, Known> sessions = new TreeMap<>();
  private long opened;

  int size() {
    return sessions.size();
  }

  void endIdle(long wall) {
    sessions.values().removeIf(s -> s.lastWrite + SessionTable.IDLE_MILLIS_MAX <= wall);
  }

  long open(long wall) {
    opened++;
    var session = new Known();
    session.lastWrite = wall;
    sessions.put(opened, session);
    return opened;
  }

  Outcome once(Request.Repeat repeat, long wall, long revision, Supplier<Outcome> execute) {
    var session = sessions.get(repeat.sessionId());
    if (session == null) {
      return new Outcome.SessionExpired(revision, repeat.sessionId());
    }
    if (repeat.sequence() < session.lowest) {
      return new Outcome.RequestTooOld(revision, repeat.sequence());
    }
    var outcome = session.outcomes.get(repeat.sequence());
    if (outcome == null) {
      outcome = execute.get();
      session.outcomes.put(repeat.sequence(), outcome);
    }
    session.lastWrite = wall;
    session.lowest = Math.max(session.lowest, repeat.lowestUnacknowledged());
    while (session.outcomes.size() > Session.OUTCOMES_MAX) {
      session.lowest = Math.max(session.lowest, session.outcomes.pollFirstEntry().getKey() + 1);
    }
    session.outcomes.headMap(session.lowest).clear();
    return outcome;
  }
}
