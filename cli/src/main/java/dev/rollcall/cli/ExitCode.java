package dev.rollcall.cli;

import dev.rollcall.client.RegistryException;

/** What the process says with its exit code; scripts rely on the numbers. */
enum ExitCode {
  /** Done. */
  OK(0),
  /** No such service, instance or lease. */
  NOT_FOUND(1),
  /** The command line, or a value in it, is wrong; nothing was done. */
  USAGE(2),
  /** No node with a quorum was reached in time; nothing was done. */
  UNAVAILABLE(3),
  /** The registry understood and said no; nothing was done. */
  REFUSED(4),
  /** It may or may not have been done; doing it again is safe. */
  OUTCOME_UNKNOWN(5),
  /** A file on this machine could not be written. */
  FILE_FAILED(6),
  /** The changes asked for are not kept any more, or are of another history. */
  COMPACTED(7);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static ExitCode of(RegistryException failure) {
    return switch (failure) {
      case RegistryException.NotFound it -> NOT_FOUND;
      case RegistryException.InvalidRequest it -> USAGE;
      case RegistryException.Unavailable it -> UNAVAILABLE;
      case RegistryException.Refused it -> REFUSED;
      case RegistryException.WrongCluster it -> REFUSED;
      case RegistryException.Indeterminate it -> OUTCOME_UNKNOWN;
    };
  }
}
