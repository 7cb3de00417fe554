package dev.rollcall.store.lease;

import java.util.Optional;
import java.util.function.Consumer;

/** The guards there are or were, to look at. Apply thread. */
public interface Guards {
  /** That of a namespace, if it was ever engaged. */
  Optional<Guard> find(String foldedNamespace);

  /** Visits all in order of namespace. */
  void forEach(Consumer<Guard> visitor);

  /** Whether that of a namespace is engaged. */
  default boolean isEngaged(String foldedNamespace) {
    return find(foldedNamespace).map(Guard::isEngaged).orElse(false);
  }
}
