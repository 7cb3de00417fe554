package dev.rollcall.store;

/**
 * How much of the change log is kept: what is younger than an age is, and what is among so many
 * revisions, unless all of it has more bytes than that.
 *
 * @param ageMillis by the replicated clock, 0 or more
 * @param revisions 1 or more
 * @param bytes of the rows, 1 or more
 */
public record ChangeLogRetention(long ageMillis, long revisions, long bytes) {
  /** What a server runs with: ten minutes, a million revisions, 1 GiB. */
  public static final ChangeLogRetention DEFAULT =
      new ChangeLogRetention(600_000, 1_000_000, 1L << 30);

  public ChangeLogRetention {
    if (ageMillis < 0 || revisions < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "a change log is kept for 0 ms, 1 revision and 1 byte at least: %d, %d, %d"
              .formatted(ageMillis, revisions, bytes));
    }
  }
}
