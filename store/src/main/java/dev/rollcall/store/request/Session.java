package dev.rollcall.store.request;

import dev.rollcall.store.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A client session. Apply thread. */
public final class Session {
  /** How many outcomes a session keeps at most. */
  public static final int OUTCOMES_MAX = 1_024;

  private final long id;
  private long lastWriteWallMillis;
  private long lowestUnacknowledged;
  private final TreeMap<Long, Outcome> outcomes = new TreeMap<>();

  /**
   * A session without outcomes.
   *
   * @param lowestUnacknowledged everything lower is forgotten
   */
  public Session(long id, long lastWriteWallMillis, long lowestUnacknowledged) {
    this.id = id;
    this.lastWriteWallMillis = lastWriteWallMillis;
    this.lowestUnacknowledged = lowestUnacknowledged;
  }

  /** Names the session. */
  public long id() {
    return id;
  }

  /** Replicated wall clock of the last write. */
  public long lastWriteWallMillis() {
    return lastWriteWallMillis;
  }

  /** Everything lower is forgotten, and never executed again. */
  public long lowestUnacknowledged() {
    return lowestUnacknowledged;
  }

  /** What became of an earlier write of this sequence. */
  public Optional<Outcome> outcome(long sequence) {
    return Optional.ofNullable(outcomes.get(sequence));
  }

  /** Keeps what became of a write. */
  public void keep(long sequence, Outcome outcome) {
    outcomes.put(sequence, outcome);
  }

  /** Sequences of the outcomes kept, in order. */
  public List<Long> sequences() {
    return List.copyOf(outcomes.keySet());
  }

  /**
   * Forgets what the client has acknowledged, and the lowest sequences beyond {@link
   * #OUTCOMES_MAX}.
   *
   * @return the sequences forgotten, in order
   */
  public List<Long> forgetBelow(long acknowledgedBelow) {
    lowestUnacknowledged = Math.max(lowestUnacknowledged, acknowledgedBelow);
    var forgotten = new ArrayList<Long>(1);
    while (!outcomes.isEmpty()
        && (outcomes.firstKey() < lowestUnacknowledged || outcomes.size() > OUTCOMES_MAX)) {
      long sequence = outcomes.firstKey();
      outcomes.remove(sequence);
      forgotten.add(sequence);
      lowestUnacknowledged = Math.max(lowestUnacknowledged, sequence + 1);
    }
    return forgotten;
  }

  void wroteAt(long wallMillis) {
    lastWriteWallMillis = wallMillis;
  }
}
