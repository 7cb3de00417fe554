package dev.rollcall.client.changes;

/**
 * Why a feed cannot go on where it stands: some changes are not to be had any more. What they came
 * to is only to be had as state, by a lookup, a range of keys or a cache.
 *
 * @param kind what happened
 * @param wantedRevision the revision that was to come next
 * @param resumeRevision the first revision that a feed may go on from for sure; what was changed
 *     before it is not told
 * @param registryRevision of the node that said so; a lookup with at least this revision, and a
 *     feed that goes on from the revision after the lookup's, miss nothing
 * @param historyId the history of the last two, in hexadecimal digits
 */
public record ChangeGap(
    Kind kind, long wantedRevision, long resumeRevision, long registryRevision, String historyId) {
  /** What happened. */
  public enum Kind {
    /** The change log does not reach back so far any more. */
    COMPACTED,
    /** The registry was restored from a backup: revisions of the old history mean nothing now. */
    HISTORY_CHANGED
  }
}
