package dev.rollcall.server.config;

/** What a command line asks for. */
public sealed interface Invocation {
  /** Run a node. */
  record Run(ServerConfig config) implements Invocation {}

  /** Print this and end with {@link ExitCode#OK}. */
  record Print(String text) implements Invocation {}
}
