package dev.rollcall.chaos.check;

/** A file that is no history, or no list of verdicts; the message is one line for people. */
final class UnreadableHistory extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableHistory(String message) {
    super(message);
  }

  UnreadableHistory(int line, String message) {
    super("line " + line + ": " + message);
  }

  /** What is wrong, in one line. */
  String complaint() {
    return String.valueOf(getMessage());
  }
}
