package dev.rollcall.client.keepalive;

import dev.rollcall.client.RegistryException.WrongCluster;
import dev.rollcall.client.transport.Backoff;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.transport.EventLoop.Timer;
import dev.rollcall.client.transport.Lane;
import dev.rollcall.client.transport.Node;
import dev.rollcall.client.transport.NodeStream;
import dev.rollcall.client.transport.Nodes;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.KeepAliveResponse;
import dev.rollcall.v1.LeaseRenewal;
import dev.rollcall.v1.RegistrationGrpc;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Renews every lease of a client about three times per TTL, all of them over one stream. A stream
 * that breaks, or does not answer within a sixth of the shortest TTL it was asked about, is left
 * for another node at once; what was asked there is asked again. It never gives up: without a
 * quorum nothing expires, so a lease may well be alive after its belief ended.
 */
public final class LeaseKeeper {
  private static final int LEASES_PER_REQUEST_MAX = 10_000;
  private static final Duration ANSWER_MIN = Duration.ofMillis(250);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(2);
  private static final Duration RECONNECT_MIN = Duration.ofMillis(50);
  private static final Duration RECONNECT_MAX = Duration.ofMillis(500);

  private final EventLoop loop;
  private final Nodes nodes;
  private final Backoff backoff;
  private final Map<Long, Lease> leases = new HashMap<>();
  private final Deque<Asked> asked = new ArrayDeque<>();
  private @Nullable NodeStream<KeepAliveRequest, KeepAliveResponse> stream;
  private Timer dueTimer = Timer.NONE;
  private Timer answerTimer = Timer.NONE;
  private boolean waitsToReconnect;
  private boolean isClosed;

  /** Keeps nothing yet. */
  public LeaseKeeper(EventLoop loop, Nodes nodes) {
    this.loop = loop;
    this.nodes = nodes;
    this.backoff = Backoff.atOnceFirst(loop, RECONNECT_MIN, RECONNECT_MAX);
  }

  /**
   * Until when a lease is believed in unless it is confirmed again, on the loop's clock.
   *
   * @param sentAtNanos when the request that confirmed it was sent
   */
  public static long believedUntilNanos(long sentAtNanos, Duration ttl) {
    return sentAtNanos + ttl.toNanos() / 10 * 8;
  }

  /**
   * Takes a lease into care.
   *
   * @param ttl as granted
   * @param sentAtNanos when the request that made the lease was first sent, on the loop's clock
   */
  public void keep(long leaseId, Duration ttl, long sentAtNanos, LeaseListener listener) {
    Lease lease = new Lease(leaseId, listener);
    lease.confirm(sentAtNanos, ttl.toNanos());
    lease.dueNanos = nextDue(lease, sentAtNanos);
    leases.put(leaseId, lease);
    watchBelief(lease);
    pump();
  }

  /** Lets go of a lease; its listener hears nothing more. */
  public void release(long leaseId) {
    Lease lease = leases.remove(leaseId);
    if (lease != null) {
      lease.beliefTimer.cancel();
      pump();
    }
  }

  /** Lets go of everything. */
  public void close() {
    isClosed = true;
    leases.values().forEach(lease -> lease.beliefTimer.cancel());
    leases.clear();
    pump();
  }

  /** Sends what is due and arms the timer for what comes next. */
  private void pump() {
    dueTimer.cancel();
    if (leases.isEmpty()) {
      hangUp();
      return;
    }
    if (waitsToReconnect || isClosed) {
      return;
    }
    if (stream == null && !connect()) {
      return;
    }
    long now = loop.nanoTime();
    List<Lease> due = new ArrayList<>();
    long nextNanos = Long.MAX_VALUE;
    for (Lease lease : leases.values()) {
      if (lease.isAwaited) {
        continue;
      }
      // What is due within the next thirtieth of its TTL goes along: fewer messages, same safety.
      if (lease.dueNanos - now <= lease.ttlNanos / 30) {
        due.add(lease);
      } else {
        nextNanos = Math.min(nextNanos, lease.dueNanos - now);
      }
    }
    for (int from = 0; from < due.size(); from += LEASES_PER_REQUEST_MAX) {
      ask(due.subList(from, Math.min(due.size(), from + LEASES_PER_REQUEST_MAX)), now);
    }
    if (nextNanos != Long.MAX_VALUE) {
      dueTimer = loop.schedule(Duration.ofNanos(nextNanos), this::pump);
    }
  }

  private boolean connect() {
    Optional<Node> node = nodes.choose(Lane.KEEPALIVE);
    if (node.isEmpty()) {
      reconnectLater(RECONNECT_MAX);
      return false;
    }
    stream =
        NodeStream.open(
            nodes,
            Lane.KEEPALIVE,
            node.get(),
            RegistrationGrpc.getKeepAliveMethod(),
            new NodeStream.Listener<>() {
              @Override
              public void message(KeepAliveResponse message) {
                answered(message);
              }

              @Override
              public void closed(String cause) {
                broken();
              }
            });
    return true;
  }

  private void ask(List<Lease> batch, long now) {
    KeepAliveRequest.Builder request = KeepAliveRequest.newBuilder();
    long shortestTtl = Long.MAX_VALUE;
    for (Lease lease : batch) {
      request.addLeaseIds(lease.id);
      lease.isAwaited = true;
      shortestTtl = Math.min(shortestTtl, lease.ttlNanos);
    }
    long patience = Math.max(ANSWER_MIN.toNanos(), Math.min(ANSWER_MAX.toNanos(), shortestTtl / 6));
    asked.add(new Asked(List.copyOf(batch), now, now + patience));
    if (asked.size() == 1) {
      awaitAnswer();
    }
    if (stream != null) {
      stream.send(request.build());
    }
  }

  private void awaitAnswer() {
    answerTimer.cancel();
    Asked oldest = asked.peek();
    if (oldest != null) {
      long wait = Math.max(0, oldest.answerByNanos - loop.nanoTime());
      answerTimer = loop.schedule(Duration.ofNanos(wait), this::noAnswer);
    }
  }

  private void noAnswer() {
    if (stream != null) {
      nodes.disconnect(Lane.KEEPALIVE, stream.node());
      broken();
    }
  }

  private void answered(KeepAliveResponse response) {
    Asked question = asked.poll();
    NodeStream<?, ?> from = stream;
    if (question == null || from == null) {
      broken(); // an answer to nothing: whatever this is, it is not our protocol
      return;
    }
    Optional<WrongCluster> wrong = nodes.pin().check(response.getHeader(), from.node().address());
    if (wrong.isPresent()) {
      nodes.wrongCluster(from.node(), wrong.get());
      broken();
      return;
    }
    awaitAnswer();
    for (LeaseRenewal renewal : response.getRenewalsList()) {
      renewed(renewal, question.sentAtNanos);
    }
    if (question.batch.stream().anyMatch(lease -> lease.isAwaited && isKept(lease))) {
      broken(); // an answer that leaves out a lease would leave it unrenewed for ever
      return;
    }
    nodes.succeeded(from.node());
    backoff.reset();
    pump();
  }

  private boolean isKept(Lease lease) {
    return leases.get(lease.id) == lease;
  }

  private void renewed(LeaseRenewal renewal, long sentAtNanos) {
    Lease lease = leases.get(renewal.getLeaseId());
    if (lease == null) {
      return; // released meanwhile
    }
    lease.isAwaited = false;
    if (!renewal.getAlive()) {
      leases.remove(lease.id);
      lease.beliefTimer.cancel();
      lease.listener.lost();
      return;
    }
    lease.confirm(sentAtNanos, Duration.ofMillis(renewal.getTtlMillis()).toNanos());
    lease.dueNanos = nextDue(lease, sentAtNanos);
    if (lease.believedUntilNanos - loop.nanoTime() > 0) {
      boolean wasBelieved = lease.isBelieved;
      lease.isBelieved = true;
      if (!wasBelieved) {
        watchBelief(lease);
      }
      lease.listener.renewed(lease.believedUntilNanos);
    }
  }

  /** A third of the TTL after the last request, a little earlier at random against convoys. */
  private long nextDue(Lease lease, long sentAtNanos) {
    return sentAtNanos + (long) (lease.ttlNanos / 3.0 * (0.9 + 0.1 * loop.random()));
  }

  /** One timer per lease, which looks again when renewals moved the end of the belief. */
  private void watchBelief(Lease lease) {
    long left = Math.max(0, lease.believedUntilNanos - loop.nanoTime());
    lease.beliefTimer =
        loop.schedule(
            Duration.ofNanos(left),
            () -> {
              if (lease.believedUntilNanos - loop.nanoTime() > 0) {
                watchBelief(lease);
              } else {
                lease.isBelieved = false;
                lease.listener.beliefEnded();
              }
            });
  }

  /** The stream is of no more use: asks everything again elsewhere. */
  private void broken() {
    NodeStream<?, ?> old = stream;
    if (old != null) {
      nodes.failed(Lane.KEEPALIVE, old.node());
    }
    hangUp();
    long now = loop.nanoTime();
    for (Lease lease : leases.values()) {
      if (lease.isAwaited) {
        lease.isAwaited = false;
        lease.dueNanos = now;
      }
    }
    if (!leases.isEmpty()) {
      reconnectLater(backoff.next());
    }
  }

  private void reconnectLater(Duration delay) {
    waitsToReconnect = true;
    loop.schedule(
        delay,
        () -> {
          waitsToReconnect = false;
          pump();
        });
  }

  private void hangUp() {
    answerTimer.cancel();
    asked.clear();
    if (stream != null) {
      stream.cancel();
      stream = null;
    }
  }

  /** A request on its way; answers come in the same order. */
  private record Asked(List<Lease> batch, long sentAtNanos, long answerByNanos) {}
}
