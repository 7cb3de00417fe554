package dev.rollcall.raft.log;

/** The log is whole but was written by a later version. The message is one line. */
public final class UnknownFormat extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnknownFormat(String file, String finding) {
    super(
        file
            + " was written by a later version of this program ("
            + finding
            + "); start that version, this one changes nothing");
  }
}
