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

  /** Print this and end with {@link ExitCode#OK}. */
  record Print(String text) implements Invocation {}
}
