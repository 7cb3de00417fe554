package dev.rollcall.raft.driver;

/** Rung whenever a part has been given work, by whichever thread gave it. */
final class Bell {
  private volatile Runnable answer = () -> {};

  /** Has {@code answer} run at each ring from now on, on the ringing thread. */
  void answeredBy(Runnable answer) {
    this.answer = answer;
  }

  /** To be called after the work is in its queue, never before. */
  void ring() {
    answer.run();
  }
}
