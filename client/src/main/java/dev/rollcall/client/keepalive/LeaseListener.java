package dev.rollcall.client.keepalive;

/** Hears what becomes of one lease. Called on the loop. */
public interface LeaseListener {
  /**
   * The registry confirmed the lease; called for every renewal.
   *
   * @param believedUntilNanos when the belief ends unless another one comes, on the loop's clock
   */
  void renewed(long believedUntilNanos);

  /** 0.8 of the TTL went by without a confirmation: the lease may be gone. Attempts go on. */
  void beliefEnded();

  /** The registry does not know the lease any more, which is final: it is not kept any longer. */
  void lost();
}
