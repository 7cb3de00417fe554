package dev.rollcall.server.config;

/** Which software this is. */
public final class Version {
  private Version() {}

  /** As in the archive's manifest; {@code development} when run from class files. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
