package dev.rollcall.store;

import java.util.List;

/**
 * What applying a range of entries brought about.
 *
 * @param outcomes one per entry, in order
 * @param changes one per revision made, in order
 * @param leasesCreated in order of id
 * @param leasesEnded in the order in which they ended; may contain a lease created in the same
 *     range
 * @param leasesGivenKeys that carry keys and may have carried none before; may have lost them
 *     again, or ended, in the same range
 * @param listings which services came to the list, and which left it
 */
public record AppliedRange(
    List<Outcome> outcomes,
    List<RevisionChanges> changes,
    List<Long> leasesCreated,
    List<Long> leasesEnded,
    List<Long> leasesGivenKeys,
    Listings listings) {
  public AppliedRange {
    outcomes = List.copyOf(outcomes);
    changes = List.copyOf(changes);
    leasesCreated = List.copyOf(leasesCreated);
    leasesEnded = List.copyOf(leasesEnded);
    leasesGivenKeys = List.copyOf(leasesGivenKeys);
  }
}
