package dev.rollcall.client;

/**
 * Where something runs, from wide to narrow; each part up to 128 bytes, empty when unknown.
 *
 * @param region such as "eu-west"
 * @param zone within the region
 * @param subZone part of the zone, such as a rack
 */
public record Locality(String region, String zone, String subZone) {
  /** Nothing is known. */
  public static final Locality NONE = new Locality("", "", "");

  /**
   * Checks the lengths.
   *
   * @throws RegistryException.InvalidRequest when a part is longer than 128 bytes
   */
  public Locality {
    Rules.requireBytesAtMost("region", region);
    Rules.requireBytesAtMost("zone", zone);
    Rules.requireBytesAtMost("sub-zone", subZone);
  }
}
