package dev.rollcall.server.gateway.eureka;

import dev.rollcall.store.instance.Status;
import java.util.Locale;
import java.util.Optional;

/** Statuses as Eureka has them: ours, and one for what nobody knows. */
final class WireStatus {
  private WireStatus() {}

  /** The status of this name; absent for UNKNOWN and for whatever else is none of ours. */
  static Optional<Status> of(String name) {
    try {
      return Optional.of(Status.valueOf(name.strip().toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * What we take an instance to report. Eureka reads what it does not know as UNKNOWN, and nobody
   * calls such an instance; with us it is not ready yet.
   */
  static Status reported(String name) {
    return of(name).orElse(Status.STARTING);
  }

  static boolean isUnknown(Optional<String> name) {
    return name.isPresent() && of(name.get()).isEmpty();
  }
}
