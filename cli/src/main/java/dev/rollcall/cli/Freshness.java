package dev.rollcall.cli;

import dev.rollcall.client.Consistency;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How fresh a read must be, as options of a verb: at most one of them. */
final class Freshness {
  @Option(names = "--any", description = "Takes what the node knows, however old.")
  private boolean any;

  @Option(
      names = "--min-revision",
      paramLabel = "REV",
      description = "Waits until the node has this revision.")
  private @Nullable Long minRevision;

  @Option(
      names = "--max-lag",
      paramLabel = "DURATION",
      converter = Durations.class,
      description = "Takes what the node knew at most this long ago.")
  private @Nullable Duration maxLag;

  Consistency level() {
    if (any) {
      return Consistency.any();
    }
    if (minRevision != null) {
      return Consistency.minRevision(minRevision);
    }
    return maxLag != null ? Consistency.maxLag(maxLag) : Consistency.linearizable();
  }
}
