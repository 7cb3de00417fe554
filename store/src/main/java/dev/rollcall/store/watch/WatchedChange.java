package dev.rollcall.store.watch;

import dev.rollcall.store.Change;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.RegisteredInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A change as a watch sees it through its filter.
 *
 * @param hasLeft whether it is an instance that fitted the filter before and, still registered,
 *     does not fit any more: it is gone for this watch
 */
public record WatchedChange(Change change, boolean hasLeft) {
  /** What a filter shows of the changes of one revision, in their order. */
  static List<WatchedChange> through(Filter filter, List<Change> changes) {
    var shown = new ArrayList<WatchedChange>(changes.size());
    for (Change change : changes) {
      through(filter, change).ifPresent(shown::add);
    }
    return shown;
  }

  private static Optional<WatchedChange> through(Filter filter, Change change) {
    if (filter.isAll()) {
      return shown(change);
    }
    return switch (change) {
      case Change.Upserted(RegisteredInstance now, Optional<RegisteredInstance> before) -> {
        if (filter.matches(now)) {
          yield shown(change);
        }
        yield before.filter(filter::matches).map(left -> new WatchedChange(change, true));
      }
      case Change.Removed removed ->
          filter.matches(removed.previous()) ? shown(change) : Optional.empty();
      case Change.SpecPut put -> shown(change);
      case Change.SpecRemoved removed -> shown(change);
      case Change.OfKey of -> shown(change);
    };
  }

  private static Optional<WatchedChange> shown(Change change) {
    return Optional.of(new WatchedChange(change, false));
  }
}
