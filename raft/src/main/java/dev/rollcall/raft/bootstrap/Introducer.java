package dev.rollcall.raft.bootstrap;

import java.util.concurrent.CompletableFuture;

/** Asks the node at an address who it is. The edge between a first start and the network. */
public interface Introducer {
  /**
   * Introduces this node to the one at {@code address} and hears who that is.
   *
   * @return completed within a second or so, exceptionally when nobody answers
   */
  CompletableFuture<Introduction> introduce(String address, Introduction self);
}
