package dev.rollcall.raft.driver;

import java.time.Duration;

/**
 * Numbers of snapshots on their way between nodes.
 *
 * @param chunkBytesMax of one piece, roughly. Trade: fewer round trips against memory and what a
 *     lost piece costs. Danger: near the transport's limit, since a state machine cuts where it can
 * @param bytesPerSecondMax that a node sends to all who fetch, together. Trade: how soon a node is
 *     back against what is left for replication. Danger: a piece must take less than {@code
 *     answerTimeout}
 * @param answerTimeout silence after which a piece is asked for again
 * @param patience timeouts in a row after which a fetch is given up; the leader will offer another
 * @param idleMax since the last request for it, after which a snapshot is let go. Danger: below a
 *     few {@code answerTimeout} a lost message costs the whole fetch
 * @param lifeMax of a snapshot, however busy. As long as it lives, the log behind it and the rows
 *     that changed since are kept. Danger: below what the state takes at the rate, no fetch ends
 * @param compactionPeriod how often it is looked up how much of the log the state no longer needs
 */
public record SnapshotConfig(
    int chunkBytesMax,
    long bytesPerSecondMax,
    Duration answerTimeout,
    int patience,
    Duration idleMax,
    Duration lifeMax,
    Duration compactionPeriod) {
  /** What production runs with: 1 GiB takes some 16 s. */
  public static final SnapshotConfig DEFAULT =
      new SnapshotConfig(
          1 << 20,
          64L << 20,
          Duration.ofSeconds(2),
          15,
          Duration.ofSeconds(30),
          Duration.ofMinutes(30),
          Duration.ofSeconds(1));

  public SnapshotConfig {
    require(chunkBytesMax >= 1, "chunkBytesMax must be positive");
    require(bytesPerSecondMax >= 1, "bytesPerSecondMax must be positive");
    require(patience >= 1, "patience must be at least 1");
    require(isPositive(answerTimeout), "answerTimeout must be positive");
    require(isPositive(compactionPeriod), "compactionPeriod must be positive");
    require(
        idleMax.compareTo(answerTimeout.multipliedBy(2)) >= 0,
        "idleMax must be at least 2 x answerTimeout");
    require(lifeMax.compareTo(idleMax) >= 0, "lifeMax must be at least idleMax");
    require(
        chunkBytesMax / (double) bytesPerSecondMax * 1e9 < answerTimeout.toNanos(),
        "a piece of chunkBytesMax must be sent within answerTimeout");
  }

  /** How long the rate allows nothing more after so many bytes. */
  long nanosOf(long bytes) {
    return (long) (bytes * 1e9 / bytesPerSecondMax);
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
