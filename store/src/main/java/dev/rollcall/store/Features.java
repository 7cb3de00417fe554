package dev.rollcall.store;

import java.util.function.ToIntFunction;

/**
 * What a version of the software knows, in feature levels. A cluster agrees on one level, which
 * only rises and only once every member knows it ({@link Command.RaiseFeatureLevel}); what needs a
 * higher one stays out of its log. So until it is raised, each member may go back to the version
 * before; afterwards that version stops in one clear line.
 *
 * @param supported the highest level known; all below are too
 * @param levels which level each command needs, 1 to {@code supported}
 */
public record Features(int supported, ToIntFunction<Command> levels) {
  /** The level of a cluster that has not agreed on any other. */
  public static final int FIRST_LEVEL = 1;

  /** Those of this version. */
  public static final Features CURRENT = new Features(FIRST_LEVEL, Features::levelOf);

  public Features {
    if (supported < FIRST_LEVEL) {
      throw new IllegalArgumentException("levels begin with 1: " + supported);
    }
  }

  /** The level that a command needs. */
  public int needed(Command command) {
    return levels.applyAsInt(command);
  }

  /**
   * Passes when this version knows the level.
   *
   * @param what needs it, as the subject of a sentence
   * @throws UnknownFeatureLevel when it does not
   */
  void requireKnown(String what, int level) {
    if (level > supported) {
      throw new UnknownFeatureLevel(what, level, supported);
    }
  }

  /** A new command gets the level that comes with it; an old one never gets another. */
  private static int levelOf(Command command) {
    return switch (command) {
      case Command.Register c -> 1;
      case Command.Update c -> 1;
      case Command.Deregister c -> 1;
      case Command.ExpireLeases c -> 1;
      case Command.GrantLease c -> 1;
      case Command.RevokeLease c -> 1;
      case Command.SetLifecycle c -> 1;
      case Command.SetOverride c -> 1;
      case Command.ClearOverride c -> 1;
      case Command.PutServiceSpec c -> 1;
      case Command.DeleteServiceSpec c -> 1;
      case Command.PassDeadlines c -> 1;
      case Command.EngageGuard c -> 1;
      case Command.ReleaseGuard c -> 1;
      case Command.SuspectLeases c -> 1;
      case Command.TrustLeases c -> 1;
      case Command.RaiseFeatureLevel c -> 1;
      case Command.PutKey c -> 1;
      case Command.DeleteKeys c -> 1;
      case Command.Transact c -> 1;
      case Command.CompactChanges c -> 1;
      case Command.OpenSession c -> 1;
    };
  }
}
