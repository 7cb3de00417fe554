package dev.rollcall.server.replication;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.LogReader;
import dev.rollcall.store.RegistryStore;
import java.util.List;

/** Brings a store up to the end of a log, with no node around them. */
public final class Replay {
  private static final long BYTES_MAX = 4 << 20;

  private Replay() {}

  /** Applies every entry that the store does not contain, committed or not, durably. */
  public static void toTheEnd(LogReader log, RegistryStore store) {
    long next = store.status().lastApplied() + 1;
    while (next <= log.lastIndex()) {
      List<Entry> entries = log.entries(next, log.lastIndex(), BYTES_MAX);
      store.apply(RegistryStateMachine.logEntries(entries));
      next = entries.getLast().index() + 1;
    }
    store.flush();
  }
}
