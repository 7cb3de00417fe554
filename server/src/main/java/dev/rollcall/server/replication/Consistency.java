package dev.rollcall.server.replication;

/** How fresh a read must be. */
public sealed interface Consistency {
  /** Sees every write acknowledged before the read was asked for. Needs a quorum. */
  record Linearizable() implements Consistency {}

  /** Sees at least this revision; waits for it until the deadline. */
  record MinRevision(long revision) implements Consistency {}

  /** The node has heard from its leader, and applied all it then knew of, at most this long ago. */
  record MaxLag(long millis) implements Consistency {}

  /** Whatever the node knows: at least everything up to the commit index recorded in its log. */
  record Any() implements Consistency {}
}
