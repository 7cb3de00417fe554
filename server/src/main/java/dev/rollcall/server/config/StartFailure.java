package dev.rollcall.server.config;

/** A node cannot start, or cannot go on: with what code it ends and what an operator should do. */
public final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  /**
   * Says it in one line.
   *
   * @param what what is wrong, naming the setting, file or address
   * @param todo what to do about it
   */
  public StartFailure(ExitCode exitCode, String what, String todo) {
    super(oneLine(what) + "; " + oneLine(todo));
    this.exitCode = exitCode;
  }

  /** As the other constructor, with what made it so. */
  public StartFailure(ExitCode exitCode, String what, String todo, Throwable cause) {
    super(oneLine(what) + "; " + oneLine(todo), cause);
    this.exitCode = exitCode;
  }

  /** With a line that already says both, from a room that knows better. */
  public StartFailure(ExitCode exitCode, String line, Throwable cause) {
    super(oneLine(line), cause);
    this.exitCode = exitCode;
  }

  /** The code the process ends with. */
  public ExitCode exitCode() {
    return exitCode;
  }

  /** The line for standard error. */
  public String line() {
    return "registryd: " + getMessage();
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
