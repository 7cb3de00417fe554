package dev.rollcall.server.registration;

import dev.rollcall.server.api.SerialStream;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.replication.Result;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.KeepAliveResponse;
import dev.rollcall.v1.LeaseRenewal;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's keepalives: each request is answered once, in order, however the renewals overtake
 * each other behind it. At most {@value #REQUESTS_OPEN_MAX} requests are under way; the rest waits
 * in the connection. Requests arrive on an event loop, renewals end on any thread.
 */
final class KeepAliveStream implements StreamObserver<KeepAliveRequest> {
  /** More would only hide a node that does not keep up. */
  static final int REQUESTS_OPEN_MAX = 16;

  static final int LEASES_MAX = 10_000;

  /**
   * How long a renewal may take. Longer than an election; short enough that a client learns of a
   * node without quorum while its own belief lasts, and turns to another.
   */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  private final RegistrationService.Parts parts;
  private final ServerCallStreamObserver<KeepAliveResponse> call;
  private final SerialStream<KeepAliveResponse> out;
  private final Consumer<StatusRuntimeException> ender = this::end;
  // Guarded by this.
  private final ArrayDeque<Slot> slots = new ArrayDeque<>();
  private int requestsOwed;
  private boolean halfClosed;

  /** A request's place in the order of answers. */
  private static final class Slot {
    final List<Long> leaseIds;
    @Nullable KeepAliveResponse answer;

    Slot(List<Long> leaseIds) {
      this.leaseIds = leaseIds;
    }
  }

  private KeepAliveStream(
      RegistrationService.Parts parts, ServerCallStreamObserver<KeepAliveResponse> call) {
    this.parts = parts;
    this.call = call;
    this.out = new SerialStream<>(call);
  }

  /** Takes a call over; to be called on the call's own thread. */
  static KeepAliveStream open(
      RegistrationService.Parts parts, ServerCallStreamObserver<KeepAliveResponse> call) {
    var stream = new KeepAliveStream(parts, call);
    call.disableAutoRequest();
    call.setOnReadyHandler(stream::requestOwed);
    call.setOnCancelHandler(() -> parts.open().remove(stream.ender));
    call.setOnCloseHandler(() -> parts.open().remove(stream.ender));
    parts.open().add(stream.ender);
    call.request(REQUESTS_OPEN_MAX);
    return stream;
  }

  @Override
  public void onNext(KeepAliveRequest request) {
    int count = request.getLeaseIdsCount();
    if (count < 1 || count > LEASES_MAX) {
      end(
          StatusMapper.refused(
              new InvalidRequest(
                  InvalidRequest.Rule.OTHER,
                  "a keepalive names 1 to " + LEASES_MAX + " leases, not " + count)));
      return;
    }
    var slot = new Slot(List.copyOf(request.getLeaseIdsList()));
    synchronized (this) {
      slots.add(slot);
    }
    long deadlineNanos = parts.clock().nanoTime() + PATIENCE.toNanos();
    parts.registry().renew(slot.leaseIds, deadlineNanos, result -> answer(slot, result));
  }

  @Override
  public void onError(Throwable failure) {
    // The client hung up; what is still under way answers into nothing.
    parts.open().remove(ender);
  }

  @Override
  public void onCompleted() {
    boolean idle;
    synchronized (this) {
      halfClosed = true;
      idle = slots.isEmpty();
    }
    if (idle) {
      out.end();
    }
  }

  private void answer(Slot slot, Result<List<Long>> result) {
    switch (result) {
      case Result.Done<List<Long>> done -> answer(slot, response(slot.leaseIds, done.value()));
      case Result.Failed<List<Long>> failed -> end(StatusMapper.failed(failed));
    }
  }

  private void answer(Slot slot, KeepAliveResponse response) {
    int answered = 0;
    boolean over;
    synchronized (this) {
      slot.answer = response;
      for (Slot head = slots.peek(); head != null; head = slots.peek()) {
        if (head.answer == null) {
          break;
        }
        // Only puts it into the queue; sending happens outside the lock.
        out.offer(head.answer);
        slots.remove();
        answered++;
      }
      over = halfClosed && slots.isEmpty();
      requestsOwed += answered;
    }
    out.drain();
    if (over) {
      out.end();
    } else if (call.isReady()) {
      requestOwed();
    }
  }

  /** A client that does not read its answers is not read either. */
  private void requestOwed() {
    int owed;
    synchronized (this) {
      owed = requestsOwed;
      requestsOwed = 0;
    }
    if (owed > 0) {
      call.request(owed);
    }
  }

  private void end(StatusRuntimeException status) {
    parts.open().remove(ender);
    out.end(status);
  }

  private KeepAliveResponse response(List<Long> leaseIds, List<Long> ttlMillis) {
    var response =
        KeepAliveResponse.newBuilder().setHeader(parts.headers().at(parts.revision().getAsLong()));
    for (int i = 0; i < leaseIds.size(); i++) {
      long ttl = ttlMillis.get(i);
      response.addRenewals(
          LeaseRenewal.newBuilder()
              .setLeaseId(leaseIds.get(i))
              .setAlive(ttl > 0)
              .setTtlMillis(ttl));
    }
    return response.build();
  }
}
