package dev.rollcall.server.config;

import java.nio.file.Path;

/** What a command line asks for. */
public sealed interface Invocation {
  /** Run a node. */
  record Run(ServerConfig config) implements Invocation {}

  /**
   * Make a cluster of one of the stopped node in this directory, or only say what is there.
   *
   * @param isConfirmed whether to do it
   */
  record Recover(Path dataDir, boolean isConfirmed) implements Invocation {}

  /** Read a backup file and say whether it is whole. */
  record VerifySnapshot(Path file) implements Invocation {}

  /** Say what is in a backup file. */
  record InspectSnapshot(Path file, boolean isJson) implements Invocation {}

  /** Prepare the empty data directory of a node with what is in a backup file. */
  record RestoreSnapshot(Path file, ServerConfig config) implements Invocation {}

  /** Print this and end with {@link ExitCode#OK}. */
  record Print(String text) implements Invocation {}
}
