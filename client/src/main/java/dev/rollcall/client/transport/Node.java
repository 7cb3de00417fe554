package dev.rollcall.client.transport;

import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;

/** One node as the client knows it: an address, its connections, and how it fared. */
public final class Node {
  private final String address;
  private final boolean configured;
  @Nullable ManagedChannel sharedChannel;
  @Nullable ManagedChannel aloneChannel;
  boolean hasFailed;
  long failedAtNanos;
  boolean isOfAnotherCluster;

  Node(String address, boolean configured) {
    this.address = address;
    this.configured = configured;
  }

  /** host:port. */
  public String address() {
    return address;
  }

  /** Whether the program named it, rather than the cluster. */
  boolean isConfigured() {
    return configured;
  }

  @Override
  public String toString() {
    return address;
  }
}
