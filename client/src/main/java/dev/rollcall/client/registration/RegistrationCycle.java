package dev.rollcall.client.registration;

import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.RegistryException.Indeterminate;
import dev.rollcall.client.RegistryException.NotFound;
import dev.rollcall.client.RegistryException.Refused;
import dev.rollcall.client.RegistryException.Unavailable;
import dev.rollcall.client.RegistryException.WrongCluster;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.keepalive.LeaseListener;
import dev.rollcall.client.transport.Backoff;
import dev.rollcall.client.transport.EventLoop.Timer;
import dev.rollcall.client.transport.Futures;
import dev.rollcall.client.transport.UnaryCall;
import dev.rollcall.client.transport.UnaryCalls.Answer;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.DeregisterResponse;
import dev.rollcall.v1.InstanceKey;
import dev.rollcall.v1.Lifecycle;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RegisterResponse;
import dev.rollcall.v1.RegistrationGrpc;
import dev.rollcall.v1.ResponseHeader;
import dev.rollcall.v1.SetLifecycleRequest;
import dev.rollcall.v1.SetLifecycleResponse;
import dev.rollcall.v1.UpdateRequest;
import dev.rollcall.v1.UpdateResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a handle does on the event loop: register, keep, register again, change, deregister. At most
 * one request is under way. The states are those of {@link RegistrationState}.
 *
 * <p>Incarnations. A first registration that is told STALE_INCARNATION goes above the one named:
 * the clock may have been ahead in an earlier life. A repeated one goes just one above its own last
 * incarnation, and takes a higher one named to mean that somebody registered the instance after us:
 * then it fails, for two handles that strike each other off for ever would help nobody.
 */
final class RegistrationCycle implements LeaseListener {
  private static final Duration RETRY_MIN = Duration.ofMillis(100);
  private static final Duration RETRY_MAX = Duration.ofSeconds(2);
  private static final Duration LOST_AGAIN_MAX = Duration.ofSeconds(10);

  private final Registrations.Wiring wiring;
  private final Registration handle;
  private final Duration ttl;
  private final Backoff retries;
  private final Backoff losses;
  private final List<CompletableFuture<Long>> changeWaiters = new ArrayList<>();

  /** What the owner wants, and what this incarnation was registered with. */
  private ServiceInstance wanted;

  private ServiceInstance sent;
  private InstanceStatus confirmedStatus;

  /** When the owner wants to be taken for terminating; null when it does not drain. */
  private @Nullable Long drainUntilNanos;

  /** Whether this incarnation is known to drain until then. */
  private boolean isDrainConfirmed;

  private long incarnation;
  private boolean isFirstLife = true;
  private boolean mayBeRegistered;
  private long earliestSentNanos;
  private long leaseId;
  private long registeredAtNanos;
  private boolean isRegistered;
  private boolean isRegistering;
  private boolean isOver;
  private boolean isFinished;
  private @Nullable CompletableFuture<?> request;
  private long lastRequest;
  private @Nullable CompletableFuture<Void> closing;
  private Timer retryTimer = Timer.NONE;
  private Timer closeTimer = Timer.NONE;

  RegistrationCycle(
      Registrations.Wiring wiring, Registration handle, ServiceInstance instance, Duration ttl) {
    this.wiring = wiring;
    this.handle = handle;
    this.ttl = ttl;
    this.wanted = instance;
    this.sent = instance;
    this.confirmedStatus = instance.status();
    this.retries = Backoff.atOnceFirst(wiring.loop(), RETRY_MIN, RETRY_MAX);
    this.losses = Backoff.atOnceFirst(wiring.loop(), RETRY_MIN, LOST_AGAIN_MAX);
  }

  void start() {
    beginLife(wiring.incarnations().next());
    register();
  }

  private void beginLife(long newIncarnation) {
    incarnation = newIncarnation;
    sent = wanted;
    mayBeRegistered = false;
  }

  private void register() {
    if (isOver || closing != null) {
      deregisterIfNeeded();
      return;
    }
    RegisterRequest message =
        RegisterRequest.newBuilder()
            .addInstances(WireCodec.encode(sent, sent.namespace(), incarnation))
            .setTtlMillis(ttl.toMillis())
            .build();
    long startedAtNanos = wiring.loop().nanoTime();
    isRegistering = true;
    run(
        UnaryCall.write(
            RegistrationGrpc.getRegisterMethod(),
            message,
            RegisterResponse::getHeader,
            wiring.callTimeout()),
        this::registered,
        failure -> notRegistered(failure, startedAtNanos));
  }

  private void registered(Answer<RegisterResponse> answer) {
    isRegistering = false;
    long sentAtNanos = mayBeRegistered ? earliestSentNanos : answer.sentAtNanos();
    mayBeRegistered = true;
    isRegistered = true;
    isFirstLife = false;
    registeredAtNanos = wiring.loop().nanoTime();
    leaseId = answer.message().getLeaseId();
    confirmedStatus = sent.status();
    isDrainConfirmed = false; // each life begins at work
    retries.reset();
    handle.acknowledged(answer.message().getHeader().getRevision());
    if (closing != null) {
      deregisterIfNeeded();
      return;
    }
    handle.moveTo(RegistrationState.REGISTERED);
    Duration granted = Duration.ofMillis(answer.message().getTtlMillis());
    wiring.keeper().keep(leaseId, granted, sentAtNanos, this);
    reconcile();
  }

  private void notRegistered(RegistryException failure, long startedAtNanos) {
    isRegistering = false;
    if (failure.executed() == RegistryException.Executed.UNKNOWN && !mayBeRegistered) {
      mayBeRegistered = true;
      earliestSentNanos = startedAtNanos;
    }
    if (closing != null) {
      deregisterIfNeeded();
    } else if (isTransient(failure)) {
      retryLater(this::register);
    } else if (failure.reason() == Reason.STALE_INCARNATION) {
      overtaken((Refused) failure);
    } else {
      fail(failure);
    }
  }

  private void overtaken(Refused failure) {
    long named = failure.incarnation().orElse(incarnation);
    if (!isFirstLife && named > incarnation) {
      fail(failure);
      return;
    }
    beginLife(Math.max(Math.max(named, incarnation) + 1, wiring.incarnations().next()));
    retryLater(this::register);
  }

  /** The registry may do it later; everything else it would refuse again. */
  private static boolean isTransient(RegistryException failure) {
    return failure instanceof Unavailable
        || failure instanceof Indeterminate
        || failure instanceof WrongCluster;
  }

  @Override
  public void renewed(long believedUntilNanos) {
    if (handle.state() == RegistrationState.SUSPENDED) {
      handle.moveTo(RegistrationState.REGISTERED);
    }
  }

  @Override
  public void beliefEnded() {
    if (handle.state() == RegistrationState.REGISTERED) {
      handle.moveTo(RegistrationState.SUSPENDED);
    }
  }

  @Override
  public void lost() {
    if (isOver || closing != null || !isRegistered) {
      return;
    }
    isRegistered = false;
    handle.moveTo(RegistrationState.RE_REGISTERING);
    if (wiring.loop().nanoTime() - registeredAtNanos > ttl.toNanos()) {
      losses.reset();
    }
    // A change under way is about a life that is gone.
    abandonRequest();
    retryTimer.cancel();
    beginLife(incarnation + 1);
    retryTimer = wiring.loop().schedule(losses.next(), this::register);
  }

  /** Wants a status; the last one wanted is sent as soon as that is possible. */
  void status(InstanceStatus status, CompletableFuture<Long> changed) {
    if (mayChange(changed)) {
      wanted = wanted.toBuilder().status(status).build();
      handle.wanted(wanted);
      reconcile();
    }
  }

  /** Wants to be drained; sent as soon as that is possible, and again for a later life. */
  void drain(Duration grace, CompletableFuture<Long> changed) {
    if (mayChange(changed)) {
      drainUntilNanos = wiring.loop().nanoTime() + grace.toNanos();
      isDrainConfirmed = false;
      reconcile();
    }
  }

  private boolean mayChange(CompletableFuture<Long> changed) {
    if (isOver || closing != null) {
      complete(changed, new IllegalStateException("the registration is closed"));
      return false;
    }
    changeWaiters.add(changed);
    return true;
  }

  /** Sends what the registry does not have yet; one change after the other. */
  private void reconcile() {
    if (!isRegistered || request != null || closing != null || isOver) {
      return;
    }
    Long until = drainUntilNanos;
    if (wanted.status() != confirmedStatus) {
      sendStatus(wanted.status());
    } else if (until != null && !isDrainConfirmed) {
      sendDrain(until);
    } else {
      List<CompletableFuture<Long>> waiters = List.copyOf(changeWaiters);
      changeWaiters.clear();
      long revision = handle.revision();
      waiters.forEach(it -> wiring.callbacks().execute(() -> it.complete(revision)));
    }
  }

  private void sendDrain(long untilNanos) {
    long leftMillis = Duration.ofNanos(untilNanos - wiring.loop().nanoTime()).toMillis();
    SetLifecycleRequest message =
        SetLifecycleRequest.newBuilder()
            .setKey(key())
            .setIncarnation(incarnation)
            .setLifecycle(Lifecycle.LIFECYCLE_DRAINING)
            .setGraceMillis(Math.max(leftMillis, Registration.GRACE_MIN.toMillis()))
            .build();
    run(
        UnaryCall.write(
            RegistrationGrpc.getSetLifecycleMethod(),
            message,
            SetLifecycleResponse::getHeader,
            wiring.callTimeout()),
        answer -> {
          Long wantedNow = drainUntilNanos;
          isDrainConfirmed = wantedNow != null && wantedNow == untilNanos;
          changed(answer.message().getHeader());
        },
        this::notUpdated);
  }

  private void changed(ResponseHeader header) {
    retries.reset();
    handle.acknowledged(header.getRevision());
    reconcile();
  }

  private void sendStatus(InstanceStatus status) {
    UpdateRequest message =
        UpdateRequest.newBuilder()
            .setKey(key())
            .setIncarnation(incarnation)
            .setStatus(WireCodec.encode(status))
            .build();
    run(
        UnaryCall.write(
            RegistrationGrpc.getUpdateMethod(),
            message,
            UpdateResponse::getHeader,
            wiring.callTimeout()),
        answer -> {
          confirmedStatus = status;
          changed(answer.message().getHeader());
        },
        this::notUpdated);
  }

  private void notUpdated(RegistryException failure) {
    if (isTransient(failure)) {
      retryLater(this::reconcile);
    } else if (failure instanceof NotFound) {
      wiring.keeper().release(leaseId);
      lost(); // the registry says so before a keepalive did
    } else if (failure.reason() == Reason.STALE_INCARNATION) {
      fail(failure);
    } else {
      // Only the change is refused; what is registered stays as it was.
      wanted = wanted.toBuilder().status(confirmedStatus).build();
      drainUntilNanos = null;
      handle.wanted(wanted);
      endWaiters(failure);
    }
  }

  /**
   * Ends everything, within the close timeout.
   *
   * @param done completes on the loop: exceptionally when the instance may still be registered
   */
  void close(CompletableFuture<Void> done) {
    CompletableFuture<Void> earlier = closing;
    CompletableFuture<Void> gone = earlier == null ? new CompletableFuture<>() : earlier;
    closing = gone;
    Futures.forward(gone, done);
    if (earlier == null) {
      endLife();
    }
  }

  private void endLife() {
    retryTimer.cancel();
    wiring.keeper().release(leaseId);
    closeTimer = wiring.loop().schedule(wiring.closeTimeout(), this::closeTimeUp);
    // A registration under way is waited for: one that arrives after its deregistration would stay
    // for a whole TTL.
    if (!isRegistering) {
      abandonRequest();
      deregisterIfNeeded();
    }
  }

  private void deregisterIfNeeded() {
    if (isFinished || !mayBeRegistered) {
      finish(null);
      return;
    }
    mayBeRegistered = false;
    DeregisterRequest message =
        DeregisterRequest.newBuilder().setKey(key()).setIncarnation(incarnation).build();
    run(
        UnaryCall.write(
            RegistrationGrpc.getDeregisterMethod(),
            message,
            DeregisterResponse::getHeader,
            wiring.closeTimeout()),
        answer -> finish(null),
        failure -> {
          boolean isGone =
              failure instanceof NotFound || failure.reason() == Reason.STALE_INCARNATION;
          finish(isGone ? null : failure);
        });
  }

  private void closeTimeUp() {
    if (!isFinished) {
      abandonRequest();
      RegistryException last =
          handle.lastFailure().orElseGet(() -> new Indeterminate("no answer", null));
      finish(
          new Indeterminate(
              "not deregistered within "
                  + wiring.closeTimeout().toMillis()
                  + " ms; the lease ends by itself",
              last));
    }
  }

  private void finish(@Nullable RegistryException failure) {
    isOver = true;
    isFinished = true;
    closeTimer.cancel();
    retryTimer.cancel();
    if (failure != null) {
      handle.failure(failure);
    }
    handle.moveTo(RegistrationState.CLOSED);
    endWaiters(new IllegalStateException("the registration was closed"));
    CompletableFuture<Void> gone = closing;
    if (gone == null) {
      return;
    }
    if (failure == null) {
      gone.complete(null);
    } else {
      gone.completeExceptionally(failure);
    }
  }

  private void fail(RegistryException failure) {
    isRegistered = false;
    isOver = true;
    wiring.keeper().release(leaseId);
    handle.failure(failure);
    handle.moveTo(RegistrationState.FAILED);
    endWaiters(failure);
  }

  private void endWaiters(RuntimeException failure) {
    changeWaiters.forEach(it -> complete(it, failure));
    changeWaiters.clear();
  }

  private void complete(CompletableFuture<?> future, Throwable failure) {
    wiring.callbacks().execute(() -> future.completeExceptionally(failure));
  }

  private void retryLater(Runnable action) {
    retryTimer.cancel();
    retryTimer = wiring.loop().schedule(retries.next(), action);
  }

  private void abandonRequest() {
    CompletableFuture<?> abandoned = request;
    request = null;
    lastRequest++;
    if (abandoned != null) {
      abandoned.cancel(false);
    }
  }

  private <Q, A> void run(
      UnaryCall<Q, A> call, Consumer<Answer<A>> answered, Consumer<RegistryException> failed) {
    CompletableFuture<Answer<A>> started = wiring.calls().call(call);
    request = started;
    long number = ++lastRequest;
    Futures.whenDone(
        started,
        (answer, failure) -> {
          if (number != lastRequest) {
            return; // abandoned
          }
          request = null;
          if (answer != null) {
            answered.accept(answer);
          } else {
            RegistryException known = unwrap(failure);
            handle.failure(known);
            failed.accept(known);
          }
        });
  }

  private static RegistryException unwrap(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof RegistryException known
        ? known
        : new Indeterminate("the request was abandoned", cause);
  }

  private InstanceKey key() {
    return InstanceKey.newBuilder()
        .setNamespace(sent.namespace())
        .setService(sent.service())
        .setInstanceId(sent.id())
        .build();
  }
}
