package dev.rollcall.client.transport;

/** Sends a request and waits for its answer. Any thread but the loop. */
public interface Asking {
  /**
   * Blocks, for the call's timeout at most.
   *
   * @throws dev.rollcall.client.RegistryException when it failed
   */
  <Q, A> A ask(UnaryCall<Q, A> call);
}
