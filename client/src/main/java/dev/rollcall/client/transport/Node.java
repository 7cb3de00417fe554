package dev.rollcall.client.transport;

import io.grpc.ManagedChannel;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One node as the client knows it: an address, its connections, and how it fared. */
public final class Node {
  /** The tier of a node that no directory lists. */
  static final int TIER_UNKNOWN = Integer.MAX_VALUE;

  /** Who says that there is such a node. */
  enum Source {
    /** The program. */
    PROGRAM,
    /** The directory that the program named. */
    DIRECTORY,
    /** The cluster itself. */
    CLUSTER
  }

  private final String address;

  /** Of one that nobody names any more, and of strangers, empty. */
  final Set<Source> sources = EnumSet.noneOf(Source.class);

  int tier = TIER_UNKNOWN;
  @Nullable ManagedChannel sharedChannel;
  @Nullable ManagedChannel aloneChannel;
  boolean hasFailed;
  long failedAtNanos;
  boolean isOfAnotherCluster;

  Node(String address) {
    this.address = address;
  }

  /** host:port. */
  public String address() {
    return address;
  }

  @Override
  public String toString() {
    return address;
  }
}
