package dev.rollcall.client.transport;

import java.time.Duration;

/**
 * A token bucket over all repeats of one client, so that a registry in trouble is not beaten by
 * those who wait for it: a burst of {@value #TOKENS_MAX}, then {@value #TOKENS_PER_SECOND} a
 * second. A repeat is never refused, it waits for its token; the caller's deadline bounds the wait.
 */
final class RetryBudget {
  private static final int TOKENS_MAX = 50;
  private static final int TOKENS_PER_SECOND = 20;
  private static final double NANOS_PER_TOKEN = 1e9 / TOKENS_PER_SECOND;

  private double tokens = TOKENS_MAX;
  private long countedAtNanos;

  RetryBudget(long nowNanos) {
    countedAtNanos = nowNanos;
  }

  /** Takes a token, of the future if need be, and says how long until it is there. */
  Duration take(long nowNanos) {
    double earned = (nowNanos - countedAtNanos) / NANOS_PER_TOKEN;
    tokens = Math.min(TOKENS_MAX, tokens + earned) - 1;
    countedAtNanos = nowNanos;
    return tokens >= 0 ? Duration.ZERO : Duration.ofNanos((long) (-tokens * NANOS_PER_TOKEN));
  }

  /** Gives back a token that was not used after all. */
  void giveBack() {
    tokens++;
  }
}
