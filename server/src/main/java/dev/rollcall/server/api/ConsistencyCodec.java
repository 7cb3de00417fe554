package dev.rollcall.server.api;

import dev.rollcall.server.replication.Consistency;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;

/** How fresh a read must be, from the wire. */
public final class ConsistencyCodec {
  private ConsistencyCodec() {}

  /** Absent means linearizable. */
  public static Consistency fromMessage(dev.rollcall.v1.Consistency message) {
    return switch (message.getLevelCase()) {
      case LINEARIZABLE, LEVEL_NOT_SET -> new Consistency.Linearizable();
      case MIN_REVISION -> minRevision(message.getMinRevision());
      case MAX_LAG_MILLIS -> maxLag(message.getMaxLagMillis());
      case ANY -> new Consistency.Any();
    };
  }

  private static Consistency minRevision(long revision) {
    if (revision < 0) {
      throw new InvalidRequest(Rule.OTHER, "min_revision must not be negative: " + revision);
    }
    return new Consistency.MinRevision(revision);
  }

  private static Consistency maxLag(long millis) {
    if (millis < 0) {
      throw new InvalidRequest(Rule.OTHER, "max_lag_millis must not be negative: " + millis);
    }
    return new Consistency.MaxLag(millis);
  }
}
