package dev.rollcall.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What counts as removed falsely. */
final class LeaseLedgerTest {
  private static final Duration TTL = Duration.ofSeconds(3);
  private static final long SENT = System.nanoTime();

  private final LeaseLedger ledger = new LeaseLedger();

  @Test
  void aRemovalWithinTheTtlIsFalse() {
    ledger.acknowledged(1, SENT, TTL);

    ledger.removed(1, "s/i", "EXPIRED", SENT + TTL.toNanos() - 1);

    assertThat(ledger.falseRemovals()).hasSize(1).first().asString().contains("s/i", "EXPIRED");
    assertThat(ledger.lapsed()).isEmpty();
  }

  @Test
  void aRemovalAfterTheTtlIsNot() {
    ledger.acknowledged(1, SENT, TTL);

    ledger.removed(1, "s/i", "EXPIRED", SENT + TTL.toNanos());

    assertThat(ledger.falseRemovals()).isEmpty();
    assertThat(ledger.lapsed()).hasSize(1);
  }

  @Test
  void anAcknowledgementThatComesAfterwardsCountsFromItsSending() {
    ledger.acknowledged(1, SENT, TTL);
    ledger.removed(1, "s/i", "EXPIRED", SENT + TTL.toNanos());

    ledger.acknowledged(1, SENT + 1, TTL);

    assertThat(ledger.falseRemovals()).hasSize(1);
  }

  @Test
  void theFirstWatchThatShowsARemovalCounts() {
    ledger.acknowledged(1, SENT, TTL);

    ledger.removed(1, "s/i", "EXPIRED", SENT + TTL.toNanos() + 1);
    ledger.removed(1, "s/i", "EXPIRED", SENT + TTL.toNanos() + 1_000_000);

    assertThat(ledger.lapsed()).hasSize(1).first().asString().contains("3,000 ms");
  }

  @Test
  void aLeapOfAClockMayTakeOneStepOfLeaseTime() {
    ledger.acknowledged(1, SENT, TTL);
    ledger.leaps();

    ledger.removed(1, "s/i", "EXPIRED", SENT + TTL.toNanos() - 200_000_000);

    assertThat(ledger.falseRemovals()).isEmpty();
  }

  @Test
  void whoFellSilentIsRemovedRightly() throws InterruptedException {
    ledger.acknowledged(1, SENT, TTL);
    ledger.silent(1);

    ledger.removed(1, "s/i", "EXPIRED", SENT + TTL.toNanos() + 7);

    assertThat(ledger.awaitRemoved(1, Duration.ofSeconds(60))).isEqualTo(Duration.ofNanos(7));
    assertThat(ledger.falseRemovals()).isEmpty();
    assertThat(ledger.lapsed()).isEmpty();
  }
}
