package dev.rollcall.chaos.process;

import dev.rollcall.v1.KeepAliveResponse;
import dev.rollcall.v1.RegisterResponse;
import dev.rollcall.v1.RegistrationGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Sits between one client and the wire and writes into the ledger what the client was told of its
 * leases, with the time of the question. Made mute it swallows the client's keepalives, as if its
 * process stood still. Any thread.
 */
final class KeepAliveTap implements ClientInterceptor {
  private static final String KEEP_ALIVE =
      RegistrationGrpc.getKeepAliveMethod().getFullMethodName();
  private static final String REGISTER = RegistrationGrpc.getRegisterMethod().getFullMethodName();

  private final LeaseLedger ledger;
  private volatile boolean isMute;
  private volatile long leaseId;

  KeepAliveTap(LeaseLedger ledger) {
    this.ledger = ledger;
  }

  /** The lease of the last registration that was acknowledged; 0 when there was none. */
  long leaseId() {
    return leaseId;
  }

  /** No keepalive leaves the client from now on, until it may speak again. */
  void mute(boolean mute) {
    isMute = mute;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    ClientCall<Q, A> call = next.newCall(method, options);
    String name = method.getFullMethodName();
    return name.equals(KEEP_ALIVE) || name.equals(REGISTER)
        ? new Tapped<>(call, name.equals(KEEP_ALIVE))
        : call;
  }

  private void heard(Object answer, long sentNanos) {
    switch (answer) {
      case KeepAliveResponse renewed ->
          renewed.getRenewalsList().stream()
              .filter(renewal -> renewal.getAlive())
              .forEach(renewal ->
                  ledger.acknowledged(
                      renewal.getLeaseId(), sentNanos, Duration.ofMillis(renewal.getTtlMillis())));
      case RegisterResponse registered -> {
        leaseId = registered.getLeaseId();
        ledger.acknowledged(leaseId, sentNanos, Duration.ofMillis(registered.getTtlMillis()));
      }
      default -> throw new IllegalStateException("not tapped: " + answer.getClass());
    }
  }

  /** Answers come in the order of the questions. */
  private final class Tapped<Q, A> extends SimpleForwardingClientCall<Q, A> {
    private final boolean isKeepAlive;
    private final Queue<Long> sentNanos = new ConcurrentLinkedQueue<>();

    Tapped(ClientCall<Q, A> call, boolean isKeepAlive) {
      super(call);
      this.isKeepAlive = isKeepAlive;
    }

    @Override
    public void start(Listener<A> listener, Metadata headers) {
      super.start(
          new SimpleForwardingClientCallListener<>(listener) {
            @Override
            public void onMessage(A message) {
              Long sent = sentNanos.poll();
              if (sent != null) {
                heard(message, sent);
              }
              super.onMessage(message);
            }
          },
          headers);
    }

    @Override
    public void sendMessage(Q message) {
      if (!isKeepAlive || !isMute) {
        sentNanos.add(System.nanoTime());
        super.sendMessage(message);
      }
    }
  }
}
