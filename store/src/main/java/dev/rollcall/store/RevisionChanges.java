package dev.rollcall.store;

import dev.rollcall.store.instance.ServiceKey;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that became different at one revision.
 *
 * @param wallMillis replicated wall clock of the command
 * @param changes in the order in which the command made them, at least one
 * @param previousRevisions for each service touched, the revision of its change before this one, 0
 *     when there was none: the link that lets a watch prove it has missed nothing. Empty when read
 *     from the change log
 */
public record RevisionChanges(
    long revision, long wallMillis, List<Change> changes, Map<ServiceKey, Long> previousRevisions) {
  public RevisionChanges {
    changes = List.copyOf(changes);
    // Not Map.copyOf: its order differs from one process to the next.
    previousRevisions =
        previousRevisions.size() == 1
            ? Map.copyOf(previousRevisions)
            : Collections.unmodifiableMap(new TreeMap<>(previousRevisions));
  }
}
