package dev.rollcall.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks other processes until they say what is hoped for: they cannot tell us by themselves. */
final class Await {
  private static final long PAUSE_MILLIS = 20;

  private Await() {}

  /** The first answer that is present, or empty when the time is over. */
  static <T> Optional<T> answer(Duration patience, Supplier<Optional<T>> question) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Optional<T> answer = question.get();
      if (answer.isPresent() || System.nanoTime() - deadline > 0) {
        return answer;
      }
      pause(Duration.ofMillis(PAUSE_MILLIS));
    }
  }

  /** Whether it became true in time. */
  static boolean that(Duration patience, Supplier<Boolean> question) {
    return answer(patience, () -> question.get() ? Optional.of(true) : Optional.empty())
        .isPresent();
  }

  /** Lets the given time pass, for things that are measured over a stretch of time. */
  static void pause(Duration length) {
    var never = new CompletableFuture<Void>();
    never.completeOnTimeout(null, length.toNanos(), TimeUnit.NANOSECONDS).join();
  }
}
