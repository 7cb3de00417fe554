package dev.rollcall.cli.lb;

import dev.rollcall.cli.lb.BackendKeeper.Journal;
import dev.rollcall.cli.lb.BackendKeeper.Pool;
import dev.rollcall.cli.lb.LoadBalancerException.Kind;
import dev.rollcall.client.cache.CacheState;
import dev.rollcall.client.cache.CacheView;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Brings one backend up to date, and remembers what was said of it. The keeper's thread. */
final class PoolKeeper {
  private static final int TOLD_MAX = 16;

  private final Pool pool;
  private final Selection selection;
  private final Journal journal;

  private int serving;
  private int servers;
  private long stepsTaken;
  private boolean isLive;

  /** What was said since the service was last up to date: each thing once. */
  private final Set<String> told = new HashSet<>();

  private List<String> unsuitable = List.of();
  private final Map<ServerKey, String> refusals = new HashMap<>();

  PoolKeeper(Pool pool, Selection selection, Journal journal) {
    this.pool = pool;
    this.selection = selection;
    this.journal = journal;
  }

  /**
   * One look, and the steps that follow from it.
   *
   * @throws LoadBalancerException when the balancer does not answer, or not for this backend
   */
  void pass(LoadBalancer.Session session, Hosts hosts) {
    List<Server> shown = session.servers(pool.backend());
    CacheView view = pool.view().get();
    noteState(view.state());
    if (view.state() instanceof CacheState.Empty) {
      count(shown); // nothing is known: what is there stays
      return;
    }
    DesiredServers desired = DesiredServers.of(view.instances(), selection, hosts);
    noteUnsuitable(desired.unsuitable());
    List<Step> steps = Reconciler.steps(desired, shown, isLive);
    refusals.keySet().retainAll(steps.stream().map(Step::key).toList());
    for (Step step : steps) {
      take(step, session, view.revision());
    }
    count(steps.isEmpty() ? shown : session.servers(pool.backend()));
  }

  private void take(Step step, LoadBalancer.Session session, long revision) {
    try {
      if (session.apply(pool.backend(), step)) {
        stepsTaken++;
        refusals.remove(step.key());
        journal.taken(pool, step, revision);
      }
    } catch (LoadBalancerException e) {
      if (e.kind() != Kind.STEP_REFUSED) {
        throw e;
      }
      String message = String.valueOf(e.getMessage());
      if (!message.equals(refusals.put(step.key(), message))) {
        journal.noted(message);
      }
    }
  }

  private void count(List<Server> shown) {
    servers = shown.size();
    serving = (int) shown.stream().filter(Server::isServing).count();
  }

  private void noteState(CacheState state) {
    String name = pool.backend() + ": " + pool.service();
    String line =
        switch (state) {
          case CacheState.Live live -> name + " is up to date";
          case CacheState.Degraded(Instant since, String cause) ->
              name + " may be out of date since " + since + ": " + cause;
          case CacheState.Empty(String cause) ->
              name
                  + " is not known yet, its servers stay as they are"
                  + (cause.isEmpty() ? "" : ": " + cause);
        };
    boolean isNews = state.isLive() ? !isLive : told.size() < TOLD_MAX && told.add(line);
    isLive = state.isLive();
    if (isLive) {
      told.clear();
    }
    if (isNews) {
      journal.noted(line);
    }
  }

  private void noteUnsuitable(List<String> ids) {
    if (!ids.equals(unsuitable)) {
      unsuitable = ids;
      if (!ids.isEmpty()) {
        journal.noted(
            "%s: these instances have no endpoint %s: %s"
                .formatted(pool.backend(), selection.endpoint(), String.join(" ", ids)));
      }
    }
  }

  /** Servers that got new traffic at the last look. */
  int serving() {
    return serving;
  }

  /** Servers of ours that were there at the last look. */
  int servers() {
    return servers;
  }

  long stepsTaken() {
    return stepsTaken;
  }

  /** Whether all that is known of the service is fresh. */
  boolean isLive() {
    return isLive;
  }

  /** Whether there is a step that the balancer does not take. */
  boolean isRefused() {
    return !refusals.isEmpty();
  }
}
