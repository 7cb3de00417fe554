package dev.rollcall.client.transport;

import dev.rollcall.client.transport.EventLoop.Timer;
import dev.rollcall.client.transport.UnaryCalls.Answer;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.Member;
import dev.rollcall.v1.MembersRequest;
import dev.rollcall.v1.MembersResponse;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Learns in the background which nodes the cluster has, so that a client outlives the nodes it was
 * configured with.
 */
public final class MemberDiscovery {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration PERIOD = Duration.ofSeconds(30);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final EventLoop loop;
  private final Nodes nodes;
  private final UnaryCalls calls;
  private Timer timer = Timer.NONE;
  private boolean isClosed;

  /** Asks nobody yet. */
  public MemberDiscovery(EventLoop loop, Nodes nodes, UnaryCalls calls) {
    this.loop = loop;
    this.nodes = nodes;
    this.calls = calls;
  }

  /** Asks soon, then every half minute. */
  public void start() {
    askAfter(FIRST);
  }

  private void askAfter(Duration delay) {
    if (!isClosed) {
      Duration jittered = Duration.ofNanos((long) (delay.toNanos() * (0.5 + 0.5 * loop.random())));
      timer = loop.schedule(jittered, this::ask);
    }
  }

  private void ask() {
    CompletableFuture<Answer<MembersResponse>> asked =
        calls.call(
            UnaryCall.read(
                ClusterGrpc.getMembersMethod(),
                MembersRequest.getDefaultInstance(),
                MembersResponse::getHeader,
                TIMEOUT));
    Futures.whenDone(
        asked,
        (answer, failure) -> {
          if (answer != null) {
            learn(answer.message());
          }
          askAfter(PERIOD); // without an answer the nodes known are all there is
        });
  }

  private void learn(MembersResponse response) {
    Set<String> addresses = new LinkedHashSet<>();
    for (Member member : response.getMembersList()) {
      if (!member.getClientAddress().isEmpty()) {
        addresses.add(member.getClientAddress());
      }
    }
    if (!addresses.isEmpty()) {
      nodes.discovered(addresses);
    }
  }

  /** Asks no more. */
  public void close() {
    isClosed = true;
    timer.cancel();
  }
}
