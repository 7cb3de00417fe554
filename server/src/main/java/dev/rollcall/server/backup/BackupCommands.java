package dev.rollcall.server.backup;

import dev.rollcall.server.config.Invocation;
import dev.rollcall.store.Features;
import java.util.random.RandomGenerator;

/** {@code registryd snapshot}: what is done with backup files where no node need run. */
public final class BackupCommands {
  private BackupCommands() {}

  /**
   * Reads the whole file: checksums, order, count and digest, and that this version could restore
   * it.
   *
   * @return one line
   * @throws dev.rollcall.server.config.StartFailure when anything is wrong with it
   */
  public static String run(Invocation.VerifySnapshot asked, Features features) {
    return BackupReport.read(asked.file(), features).line();
  }

  /**
   * Says what is in it; verifies it on the way.
   *
   * @throws dev.rollcall.server.config.StartFailure when anything is wrong with it
   */
  public static String run(Invocation.InspectSnapshot asked, Features features) {
    BackupReport report = BackupReport.read(asked.file(), features);
    return asked.isJson() ? report.json() : report.text();
  }

  /**
   * Prepares a data directory with what is in it.
   *
   * @param random draws ids: must be one that never draws the same twice, on whatever node
   * @return what was done, for people
   * @throws dev.rollcall.server.config.StartFailure when anything is wrong with it or with the
   *     directory, which is then as it was
   */
  public static String run(
      Invocation.RestoreSnapshot asked, Features features, RandomGenerator random) {
    return new Restore(asked.file(), asked.config(), features, random).run();
  }
}
