package dev.rollcall.store;

/** The change log was asked for revisions that it does not hold any more. */
public final class Compacted extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long compactRevision;

  Compacted(long from, long compactRevision) {
    super(
        "the change log begins at revision %d: revision %d is compacted"
            .formatted(compactRevision, from));
    this.compactRevision = compactRevision;
  }

  /** The lowest revision that it holds; one more than the last when it holds none. */
  public long compactRevision() {
    return compactRevision;
  }
}
