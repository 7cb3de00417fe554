package dev.rollcall.cli.lb;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of hosts, for balancers that take no names at run time. Asking never waits: a name that
 * is new is looked up beside, and is known at a later time. What was known once stays until another
 * answer comes. One thread.
 */
final class Hosts implements Function<String, Optional<InetAddress>> {
  /** How long an answer, or the lack of one, holds. */
  static final Duration FRESH = Duration.ofSeconds(30);

  /** Asks the system; blocks. */
  interface Lookup {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  private final Lookup lookup;
  private final Executor executor;
  private final LongSupplier nanoTime;
  private final Runnable answered;
  private final Map<String, Host> hosts = new HashMap<>();
  private final Set<String> asked = new HashSet<>();

  /**
   * Knows none yet.
   *
   * @param executor where lookups run, which take seconds at times
   * @param answered called there when an answer has come
   */
  Hosts(Lookup lookup, Executor executor, LongSupplier nanoTime, Runnable answered) {
    this.lookup = lookup;
    this.executor = executor;
    this.nanoTime = nanoTime;
    this.answered = answered;
  }

  @Override
  public Optional<InetAddress> apply(String host) {
    if (host.indexOf(':') >= 0 || host.matches("[0-9.]+")) {
      return literal(host);
    }
    asked.add(host);
    Host known = hosts.computeIfAbsent(host, it -> new Host());
    known.refresh(host);
    return Optional.ofNullable(known.address);
  }

  /** Forgets what was not asked for since the last time. */
  void forgetOthers() {
    hosts.keySet().retainAll(asked);
    asked.clear();
  }

  /** Whether an answer is still awaited. */
  boolean isLookingUp() {
    return hosts.values().stream().anyMatch(it -> !it.isAnswerSeen);
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.getByName(host));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private Optional<List<InetAddress>> lookUp(String host) {
    try {
      return Optional.of(List.of(lookup.addresses(host)));
    } catch (UnknownHostException e) {
      return Optional.empty();
    } finally {
      answered.run();
    }
  }

  /** What is known of one. */
  private final class Host {
    @Nullable InetAddress address;
    @Nullable CompletableFuture<Optional<List<InetAddress>>> answer;
    boolean isAnswerSeen;
    long askedNanos;

    void refresh(String host) {
      long now = nanoTime.getAsLong();
      if (answer == null || (isAnswerSeen && now - askedNanos > FRESH.toNanos())) {
        askedNanos = now;
        isAnswerSeen = false;
        answer = CompletableFuture.supplyAsync(() -> lookUp(host), executor);
      }
      if (!isAnswerSeen && answer.isDone()) {
        isAnswerSeen = true;
        answer.join().ifPresent(this::take);
      }
    }

    /**
     * The one it had, if it is among them: names with several addresses shall not wander. Else the
     * lowest of the kind (IPv4 or IPv6) that the system puts first.
     */
    private void take(List<InetAddress> found) {
      if (address == null || !found.contains(address)) {
        found.stream()
            .filter(it -> it.getClass().equals(found.getFirst().getClass()))
            .min(Comparator.comparing(InetAddress::getHostAddress))
            .ifPresent(it -> address = it);
      }
    }
  }
}
