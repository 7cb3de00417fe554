package dev.rollcall.client;

import io.grpc.ManagedChannel;

/**
 * Makes the connections of a client; replace it for credentials of your own or an in-process
 * registry. Called on the client's thread; must not block.
 */
@FunctionalInterface
public interface ChannelFactory {
  /**
   * Makes a channel that connects when first used.
   *
   * @param endpoint host:port of a node
   */
  ManagedChannel channel(String endpoint);
}
