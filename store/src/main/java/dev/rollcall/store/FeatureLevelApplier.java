package dev.rollcall.store;

import java.util.Optional;

/**
 * Keeps the feature level that the cluster has agreed on, and what needs a higher one from being
 * carried out. The level changes nothing that can be watched, so it makes no revision. Apply
 * thread.
 */
final class FeatureLevelApplier {
  private final Counters counters;
  private final Features features;
  private final RowWriter rows;

  FeatureLevelApplier(Counters counters, Features features, RowWriter rows) {
    this.counters = counters;
    this.features = features;
    this.rows = rows;
  }

  /**
   * Says no to a command that needs more than was agreed on. A leader does not propose it, so this
   * is the second look.
   */
  Optional<Outcome> refusal(Command command) {
    int needed = features.needed(command);
    return needed > counters.featureLevel
        ? Optional.of(
            new Outcome.FeatureLevelTooLow(counters.revision, needed, counters.featureLevel))
        : Optional.empty();
  }

  /**
   * Raises the level.
   *
   * @throws UnknownFeatureLevel when this version does not know it: the node must not go on
   */
  Outcome apply(Command.RaiseFeatureLevel command) {
    int level = command.level();
    features.requireKnown("entry " + (counters.lastApplied + 1), level);
    if (level < counters.featureLevel) {
      return new Outcome.FeatureLevelHigher(counters.revision, counters.featureLevel);
    }
    if (level > counters.featureLevel) {
      counters.featureLevel = level;
      rows.putFeatureLevel(level);
    }
    return new Outcome.FeatureLevelRaised(counters.revision, level);
  }
}
