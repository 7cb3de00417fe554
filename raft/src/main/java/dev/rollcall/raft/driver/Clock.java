package dev.rollcall.raft.driver;

/** Where time comes from: the only way in for both kinds of it. Any thread may ask. */
public interface Clock {
  /** The machine's own clock. */
  Clock SYSTEM =
      new Clock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public long wallMillis() {
          return System.currentTimeMillis();
        }
      };

  /** Nanoseconds since some moment of this life of the process; never goes back. */
  long nanoTime();

  /** Milliseconds since 1970; may jump. */
  long wallMillis();
}
