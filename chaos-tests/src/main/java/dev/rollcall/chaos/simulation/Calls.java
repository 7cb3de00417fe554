package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.server.replication.Consistency;
import dev.rollcall.server.replication.Failure;
import dev.rollcall.server.replication.Result;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A client's calls to some node across the network. An empty answer means that nothing is known:
 * the call was lost, the node died, or it said that it could not or does not know. The server's
 * promise to answer exactly once is held to: a second answer to the same delivery stops the run.
 */
final class Calls {
  private final SimCluster cluster;
  private final VirtualTime time;
  private final RandomGenerator random;

  Calls(SimCluster cluster, RandomGenerator random) {
    this.cluster = cluster;
    this.time = cluster.time();
    this.random = random;
  }

  /** What a read showed. */
  record Content(long revision, Map<String, Long> modRevisions) {}

  void write(Request request, Consumer<Optional<Outcome>> done) {
    call(
        (life, call) ->
            life.registry().submit(request, call.deadlineNanos, call.once(life, result -> result)),
        done);
  }

  void renew(long leaseId, Consumer<Optional<Long>> done) {
    call(
        (life, call) ->
            life.registry()
                .renew(
                    List.of(leaseId),
                    call.deadlineNanos,
                    call.once(life, (List<Long> ttls) -> ttls.get(0))),
        done);
  }

  void read(ServiceKey service, Consistency level, Consumer<Optional<Content>> done) {
    call(
        (life, call) ->
            life.registry()
                .read(level, call.deadlineNanos, call.once(life, point -> look(life, service))),
        done);
  }

  /** Reads as the server does: after leave was given, from the published snapshots. */
  private static Content look(SimLife life, ServiceKey service) {
    long revision = life.store().status().revision();
    var content = new TreeMap<String, Long>();
    for (RegisteredInstance each : life.store().service(service).instances()) {
      content.put(each.instance().key().instanceId(), each.modRevision());
    }
    return new Content(revision, content);
  }

  private <T> void call(BiConsumer<SimLife, Call<T>> begin, Consumer<Optional<T>> done) {
    List<SimNode> known = cluster.knownToClients();
    int place = known.get(random.nextInt(known.size())).number();
    long patience = random.nextLong(200, 2500) * MILLISECOND;
    var call = new Call<T>(place, time.nowNanos() + patience, done);
    cluster
        .network()
        .sendOnce(
            SimCluster.CLIENTS,
            place,
            () -> {
              var life = cluster.nodes().get(place).life();
              if (life != null) {
                begin.accept(life, call);
              }
            });
    time.after(patience + 500 * MILLISECOND, call::giveUp);
  }

  /** One call under way. */
  private final class Call<T> {
    private final int place;
    private final long deadlineNanos;
    private final Consumer<Optional<T>> done;
    private boolean isOver;

    Call(int place, long deadlineNanos, Consumer<Optional<T>> done) {
      this.place = place;
      this.deadlineNanos = deadlineNanos;
      this.done = done;
    }

    /** Takes the server's answer to one delivery of this call and carries it back. */
    <S> Consumer<Result<S>> once(SimLife life, Function<S, T> value) {
      var answers = new int[1];
      return result -> {
        if (++answers[0] > 1) {
          throw new IllegalStateException("a call was answered twice: " + result);
        }
        Optional<T> answer =
            switch (result) {
              case Result.Done<S>(S it) -> Optional.of(value.apply(it));
              case Result.Failed<S>(Failure failure, String message) -> {
                count(failure);
                yield Optional.empty();
              }
            };
        if (life.isAlive()) {
          cluster.network().sendOnce(place, SimCluster.CLIENTS, () -> finish(answer));
        }
      };
    }

    void giveUp() {
      if (!isOver) {
        cluster.world().totals().operationsUnknown++;
      }
      finish(Optional.empty());
    }

    private void finish(Optional<T> answer) {
      if (isOver) {
        return;
      }
      isOver = true;
      if (answer.isPresent()) {
        cluster.world().totals().operations++;
      }
      done.accept(answer);
    }

    private void count(Failure failure) {
      if (failure == Failure.INDETERMINATE) {
        cluster.world().totals().operationsUnknown++;
      } else {
        cluster.world().totals().operationsFailed++;
      }
    }
  }
}
