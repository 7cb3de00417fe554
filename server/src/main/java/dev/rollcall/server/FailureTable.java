package dev.rollcall.server;

import dev.rollcall.raft.bootstrap.BootstrapRefused;
import dev.rollcall.raft.driver.StateDiverged;
import dev.rollcall.raft.log.CorruptLog;
import dev.rollcall.raft.log.LogFailure;
import dev.rollcall.raft.log.UnknownFormat;
import dev.rollcall.raft.log.UnusableDirectory;
import dev.rollcall.raft.log.WrongIdentity;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.StartFailure;
import dev.rollcall.store.OrderedStore.StorageFailure;
import dev.rollcall.store.UnknownFeatureLevel;
import java.io.UncheckedIOException;

/**
 * Which exception of a room ends the process with which code; docs/errors.md says it for people.
 */
final class FailureTable {
  private FailureTable() {}

  static StartFailure of(Throwable failure) {
    return switch (failure) {
      case StartFailure own -> own;
      case BootstrapRefused refused -> line(code(refused.reason()), refused);
      case UnusableDirectory unusable -> line(ExitCode.DATA_DIRECTORY, unusable);
      case WrongIdentity wrong ->
          new StartFailure(
              ExitCode.DATA_DIRECTORY,
              String.valueOf(wrong.getMessage()),
              "give this node its own data-dir",
              wrong);
      case UnknownFormat newer -> line(ExitCode.DATA_DIRECTORY, newer);
      case dev.rollcall.store.UnknownFormat newer -> line(ExitCode.DATA_DIRECTORY, newer);
      case UnknownFeatureLevel newer -> line(ExitCode.DATA_DIRECTORY, newer);
      case CorruptLog corrupt -> line(ExitCode.CORRUPT_LOG, corrupt);
      case StateDiverged diverged ->
          new StartFailure(
              ExitCode.STATE_DIVERGED,
              String.valueOf(diverged.getMessage()),
              "do not start it again; keep data-dir and this output, replace the node, and report"
                  + " it",
              diverged);
      case LogFailure disk -> disk(disk);
      case StorageFailure engine -> disk(engine);
      case UncheckedIOException disk -> disk(disk);
      default ->
          new StartFailure(
              ExitCode.BROKEN_INVARIANT,
              "broken invariant: " + failure,
              "keep the data directory and this output, and report it",
              failure);
    };
  }

  private static ExitCode code(BootstrapRefused.Reason reason) {
    return switch (reason) {
      case MEMBER_LIST -> ExitCode.USAGE;
      case DISK,
          IDENTITY_DAMAGED,
          IDENTITY_UNKNOWN_FORMAT,
          IDENTITY_MISSING,
          OTHER_NODES_DIRECTORY,
          COPIED_DIRECTORY,
          RECOVERY_UNFINISHED,
          NOT_RECOVERABLE ->
          ExitCode.DATA_DIRECTORY;
      case LOG_MISSING, PEERS_INITIALISED, FOUNDERS_DIFFER -> ExitCode.REFUSED_TO_JOIN;
    };
  }

  private static StartFailure line(ExitCode code, RuntimeException failure) {
    return new StartFailure(code, String.valueOf(failure.getMessage()), failure);
  }

  private static StartFailure disk(RuntimeException failure) {
    return new StartFailure(
        ExitCode.DISK_FAILURE,
        String.valueOf(failure.getMessage()),
        "look at the disk of data-dir, then start again",
        failure);
  }
}
