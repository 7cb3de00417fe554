package dev.rollcall.chaos.check;

import dev.rollcall.store.Change;
import dev.rollcall.store.instance.RegisteredInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One change as a watcher is told of it.
 *
 * @param of the key of the instance, the service whose spec it is, or the key
 * @param now what is there after it; empty when it is gone, or no longer fits
 * @param before what was there
 * @param cause why it is gone; empty when it is not
 */
public record ToldChange(Object of, Optional<?> now, Optional<?> before, String cause) {
  /** Why one that is registered is gone for a watcher: it no longer fits. */
  public static final String FILTERED = "FILTERED";

  /** Why a spec is gone. */
  public static final String REMOVED = "REMOVED";

  /** What a watcher of this scope must be told of one revision, in order; nothing at times. */
  static List<ToldChange> of(WatchedScope scope, List<Change> changes) {
    var told = new ArrayList<ToldChange>();
    for (Change change : changes) {
      if (scope.contains(change)) {
        told(scope, change).ifPresent(told::add);
      }
    }
    return told;
  }

  private static Optional<ToldChange> told(WatchedScope scope, Change change) {
    return switch (change) {
      case Change.Upserted(RegisteredInstance now, Optional<RegisteredInstance> before) -> {
        var key = now.instance().key();
        boolean was = before.filter(scope::fits).isPresent();
        if (scope.fits(now)) {
          yield Optional.of(new ToldChange(key, Optional.of(now), before, ""));
        }
        yield was
            ? Optional.of(new ToldChange(key, Optional.empty(), before, FILTERED))
            : Optional.empty();
      }
      case Change.Removed removed ->
          scope.fits(removed.previous())
              ? Optional.of(
                  new ToldChange(
                      removed.key(),
                      Optional.empty(),
                      Optional.of(removed.previous()),
                      removed.cause().name()))
              : Optional.empty();
      case Change.SpecPut put ->
          Optional.of(new ToldChange(put.service(), Optional.of(put.spec()), put.previous(), ""));
      case Change.SpecRemoved gone ->
          Optional.of(
              new ToldChange(
                  gone.service(), Optional.empty(), Optional.of(gone.previous()), REMOVED));
      case Change.KeyPut put ->
          Optional.of(new ToldChange(put.key(), Optional.of(put.entry()), put.previous(), ""));
      case Change.KeyDeleted gone ->
          Optional.of(
              new ToldChange(
                  gone.key(), Optional.empty(), Optional.of(gone.previous()), gone.cause().name()));
    };
  }
}
