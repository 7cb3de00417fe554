package dev.rollcall.store;

/** Hears of what happened, revision by revision; see {@link RegistryStore#changes}. */
@FunctionalInterface
public interface ChangeLogVisitor {
  /** The next revision; false when that was enough. */
  boolean visit(RevisionChanges changes);
}
