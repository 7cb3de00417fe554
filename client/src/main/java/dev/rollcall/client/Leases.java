package dev.rollcall.client;

import dev.rollcall.client.keepalive.LeaseKeeper;
import dev.rollcall.client.keepalive.LeaseListener;
import dev.rollcall.client.transport.Asking;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.transport.UnaryCall;
import dev.rollcall.v1.GrantLeaseRequest;
import dev.rollcall.v1.GrantLeaseResponse;
import dev.rollcall.v1.RegistrationGrpc;
import dev.rollcall.v1.ResponseHeader;
import dev.rollcall.v1.RevokeLeaseRequest;
import dev.rollcall.v1.RevokeLeaseResponse;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Leases that are made first and carry many instances, registered at different times ({@link
 * RegistryClient#registerUnder}): for agents and for scripts. A program that registers itself needs
 * none of this: {@link RegistryClient#register}. Got from {@link RegistryClient#leases}; safe for
 * any thread.
 */
public final class Leases {
  /** Until the first renewal tells the true one: soon enough for any lease. */
  private static final Duration TTL_UNKNOWN = Rules.TTL_MIN;

  private final Wiring wiring;

  /**
   * What they need of their client.
   *
   * @param callbacks runs what users hear
   */
  record Wiring(
      EventLoop loop,
      Executor callbacks,
      LeaseKeeper keeper,
      Asking asking,
      String namespace,
      Duration timeout) {}

  Leases(Wiring wiring) {
    this.wiring = wiring;
  }

  /**
   * Makes a lease for instances of the client's namespace. Nobody keeps it yet. Blocks, for the
   * call timeout at most. When the outcome is unknown there may be a lease that nobody knows, which
   * ends with its TTL.
   *
   * @param ttl 1 s to 24 h
   */
  public GrantedLease grant(Duration ttl) {
    Rules.requireTtl(ttl);
    GrantLeaseRequest request =
        GrantLeaseRequest.newBuilder()
            .setNamespace(wiring.namespace())
            .setTtlMillis(ttl.toMillis())
            .build();
    GrantLeaseResponse granted =
        write(RegistrationGrpc.getGrantLeaseMethod(), request, GrantLeaseResponse::getHeader);
    return new GrantedLease(granted.getLeaseId(), Duration.ofMillis(granted.getTtlMillis()));
  }

  /**
   * Ends a lease with all that it carries. Blocks, for the call timeout at most.
   *
   * @return how many instances went with it
   * @throws RegistryException.NotFound when there is no such lease, which is also what a repeat
   *     finds
   */
  public int revoke(long leaseId) {
    RevokeLeaseResponse revoked =
        write(
            RegistrationGrpc.getRevokeLeaseMethod(),
            RevokeLeaseRequest.newBuilder().setLeaseId(leaseId).build(),
            RevokeLeaseResponse::getHeader);
    return revoked.getInstances();
  }

  /**
   * Keeps a lease alive from now on. Does not block.
   *
   * @param lost runs once, where listeners are called, when the registry does not know the lease
   *     any more: it was revoked, lapsed, or never was. Never otherwise; without a quorum nothing
   *     lapses, and attempts go on
   */
  public KeptLease keep(long leaseId, Runnable lost) {
    EventLoop loop = wiring.loop();
    LeaseKeeper keeper = wiring.keeper();
    LeaseListener listener = new Losing(() -> wiring.callbacks().execute(lost));
    loop.execute(() -> keeper.keep(leaseId, TTL_UNKNOWN, loop.nanoTime(), listener));
    return new KeptLease(leaseId, () -> loop.execute(() -> keeper.release(leaseId)));
  }

  /** Hears of the end alone. */
  private record Losing(Runnable end) implements LeaseListener {
    @Override
    public void renewed(long believedUntilNanos) {}

    @Override
    public void beliefEnded() {}

    @Override
    public void lost() {
      end.run();
    }
  }

  private <Q, A> A write(
      MethodDescriptor<Q, A> method, Q request, Function<A, ResponseHeader> header) {
    return wiring.asking().ask(UnaryCall.write(method, request, header, wiring.timeout()));
  }
}
