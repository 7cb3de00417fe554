package dev.rollcall.client;

import java.util.List;
import java.util.Optional;

/**
 * Why an instance is, or is not, in the pool: among those to which callers send traffic.
 *
 * @param isInPool whether they do: no finding excludes it
 * @param verdict all of it in one sentence, for people
 * @param findings what has a say, in the order in which it is asked
 * @param instance as it is; absent when it is not registered
 * @param revision revision of the registry at the node when it answered
 */
public record Explanation(
    boolean isInPool,
    String verdict,
    List<Finding> findings,
    Optional<ServiceInstance> instance,
    long revision) {
  /** Copies the list. */
  public Explanation {
    findings = List.copyOf(findings);
  }
}
