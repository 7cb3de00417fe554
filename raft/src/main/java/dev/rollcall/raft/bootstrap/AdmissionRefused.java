package dev.rollcall.raft.bootstrap;

/** Why a node does not take an {@link Admission}; in one line, for the leader that sent it. */
public final class AdmissionRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean isFinal;

  AdmissionRefused(String line, boolean isFinal) {
    super(line);
    this.isFinal = isFinal;
  }

  /** Whether repeating it is of no use. */
  public boolean isFinal() {
    return isFinal;
  }
}
