package dev.rollcall.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears what became of a renewal, and fails when it is told twice. */
final class Answer implements LeaseRenewal.Listener {
  @Nullable List<Long> ttlMillis;
  int notLeading;

  @Override
  public void renewed(List<Long> ttls) {
    assertThat(isGiven()).as("answered before").isFalse();
    ttlMillis = ttls;
  }

  @Override
  public void notLeading() {
    assertThat(isGiven()).as("answered before").isFalse();
    notLeading++;
  }

  boolean isGiven() {
    return ttlMillis != null || notLeading > 0;
  }
}
