package dev.rollcall.server.discovery;

import dev.rollcall.store.instance.Locality;

/**
 * How far instances are from the caller, in steps: {@value #SUB_ZONE} of its sub-zone, {@value
 * #ZONE} of its zone, {@value #REGION} of its region, {@value #ELSEWHERE} of none of them. A part
 * that the caller does not name is not compared, and a narrow part counts only where the wider ones
 * that it names are the same: zones of different regions share names.
 *
 * @param caller where it is; {@link Locality#UNKNOWN} makes all instances alike
 */
record Nearness(Locality caller) {
  private static final int SUB_ZONE = 0;
  private static final int ZONE = 1;
  private static final int REGION = 2;
  static final int ELSEWHERE = 3;

  /** The least distance that any instance can have. */
  int nearest() {
    if (!caller.subZone().isEmpty()) {
      return SUB_ZONE;
    }
    if (!caller.zone().isEmpty()) {
      return ZONE;
    }
    return caller.region().isEmpty() ? ELSEWHERE : REGION;
  }

  /** How far this is. */
  int distance(Locality place) {
    boolean isSame = caller.region().isEmpty() || caller.region().equals(place.region());
    if (!isSame) {
      return ELSEWHERE;
    }
    int widest = caller.region().isEmpty() ? ELSEWHERE : REGION;
    if (!caller.zone().isEmpty() && !caller.zone().equals(place.zone())) {
      return widest;
    }
    int wider = caller.zone().isEmpty() ? widest : ZONE;
    return !caller.subZone().isEmpty() && caller.subZone().equals(place.subZone())
        ? SUB_ZONE
        : wider;
  }

  /** How far, in a sentence. */
  String described(Locality place) {
    return switch (distance(place)) {
      case SUB_ZONE -> "it is in the caller's sub-zone: of those that come first";
      case ZONE -> "it is in the caller's zone";
      case REGION -> "it is in the caller's region, not in its zone";
      default -> "it is neither in the caller's region nor zone: of those that come last";
    };
  }
}
