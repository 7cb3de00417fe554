package dev.rollcall.store.instance;

/** Where something runs, from wide to narrow; each up to 128 bytes, empty when unknown. */
public record Locality(String region, String zone, String subZone) {
  /** Nowhere in particular. */
  public static final Locality UNKNOWN = new Locality("", "", "");

  public Locality {
    Names.requireBytesAtMost("locality", region, 128);
    Names.requireBytesAtMost("locality", zone, 128);
    Names.requireBytesAtMost("locality", subZone, 128);
  }
}
