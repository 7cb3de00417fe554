package dev.rollcall.client.transport;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where the addresses of nodes stand when the program does not name them: DNS. */
@FunctionalInterface
public interface NodeDirectory {
  /** For a program that names the nodes itself: nothing is ever looked up. */
  NodeDirectory NONE = () -> CompletableFuture.completedFuture(List.of());

  /**
   * Looks up the nodes there are now. Called on the loop; does not block.
   *
   * @return completed on any thread with at least one node, or exceptionally with a {@link
   *     dev.rollcall.client.RegistryException}
   */
  CompletableFuture<List<ListedNode>> lookUp();

  /**
   * A node as the directory has it.
   *
   * @param address host:port
   * @param tier those of a lower tier are chosen first; 0 is the lowest
   */
  record ListedNode(String address, int tier) {}
}
