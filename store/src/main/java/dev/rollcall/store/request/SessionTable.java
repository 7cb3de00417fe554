package dev.rollcall.store.request;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** All client sessions. Apply thread. */
public final class SessionTable {
  /** A session ends this long after its last write. */
  public static final long IDLE_MILLIS_MAX = 3_600_000;

  // From the one written longest ago to the one written last: the replicated clock never goes back,
  // so
  // whoever is due is at the front.
  private final LinkedHashMap<Long, Session> byLastWrite = new LinkedHashMap<>();

  /** The session of this id. */
  public Optional<Session> find(long sessionId) {
    return Optional.ofNullable(byLastWrite.get(sessionId));
  }

  /** How many there are. */
  public int size() {
    return byLastWrite.size();
  }

  /** Adds a session written no earlier than any other. */
  public void add(Session session) {
    byLastWrite.put(session.id(), session);
  }

  /** Adds sessions in any order. */
  public void restore(List<Session> sessions) {
    sessions.stream()
        .sorted(Comparator.comparingLong(Session::lastWriteWallMillis))
        .forEach(this::add);
  }

  /** Says that the session is written now. */
  public void wrote(Session session, long wallMillis) {
    byLastWrite.remove(session.id());
    session.wroteAt(wallMillis);
    byLastWrite.put(session.id(), session);
  }

  /** Ends the sessions whose time is over; returns them in order of id. */
  public List<Session> endIdle(long wallMillis) {
    if (byLastWrite.isEmpty() || !isOver(byLastWrite.values().iterator().next(), wallMillis)) {
      return List.of();
    }
    var ended = new ArrayList<Session>();
    var each = byLastWrite.values().iterator();
    while (each.hasNext()) {
      var session = each.next();
      if (!isOver(session, wallMillis)) {
        break;
      }
      each.remove();
      ended.add(session);
    }
    // Those written in the same millisecond may stand in another order after a restart.
    ended.sort(Comparator.comparingLong(Session::id));
    return ended;
  }

  private static boolean isOver(Session session, long wallMillis) {
    return session.lastWriteWallMillis() + IDLE_MILLIS_MAX <= wallMillis;
  }
}
