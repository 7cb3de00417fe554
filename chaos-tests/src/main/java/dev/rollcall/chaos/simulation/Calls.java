package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.chaos.check.Ask;
import dev.rollcall.chaos.check.HistoryEvent;
import dev.rollcall.chaos.check.Reply;
import dev.rollcall.chaos.simulation.Observation.RenewalAsked;
import dev.rollcall.chaos.simulation.Observation.RequestAnswered;
import dev.rollcall.chaos.simulation.Observation.RequestArrived;
import dev.rollcall.server.replication.Consistency;
import dev.rollcall.server.replication.Failure;
import dev.rollcall.server.replication.ReadPoint;
import dev.rollcall.server.replication.Result;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyPage;
import java.util.List;
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
  private static final long CALLS_PER_CLIENT_MAX = 1L << 32;

  private static final long PATIENCE_MILLIS_MAX = 2500;

  private static final int KEYS_MAX = 1_000;

  private final SimCluster cluster;
  private final VirtualTime time;
  private final RandomGenerator random;
  private final int client;
  private long callNext;

  Calls(SimCluster cluster, RandomGenerator random, int client) {
    this.cluster = cluster;
    this.client = client;
    this.callNext = client * CALLS_PER_CLIENT_MAX;
    this.time = cluster.time();
    this.random = random;
  }

  /**
   * How a call ends.
   *
   * @param isRefused whether, without an answer, nothing was executed nor will be
   */
  private record Ending<T>(Optional<T> answer, boolean isRefused) {
    Reply reply(Function<T, Reply> known) {
      return answer.map(known).orElse(isRefused ? new Reply.Refused() : new Reply.Unknown());
    }
  }

  /** What is about instances is recorded, for the judges of histories. */
  void write(Request request, Consumer<Optional<Outcome>> done) {
    if (Ask.Write.isOf(request.command())) {
      write(request, new Ask.Write(request.command(), request.repeat()), done);
    } else {
      submit(request, ending -> done.accept(ending.answer));
    }
  }

  /** Ends a lease that carries instances of this service alone. */
  void revoke(ServiceKey service, long leaseId, Consumer<Optional<Outcome>> done) {
    write(Request.of(new Command.RevokeLease(leaseId)), new Ask.Revoke(service, leaseId), done);
  }

  /** A write that must come to nothing, whatever becomes of it, and so is on no record. */
  void writeInVain(Request request, Consumer<Optional<Outcome>> done) {
    submit(request, ending -> done.accept(ending.answer));
  }

  private void write(Request request, Ask ask, Consumer<Optional<Outcome>> done) {
    long number = asked(ask);
    submit(
        request,
        ending -> {
          answered(number, ending.reply(Reply.Wrote::new));
          done.accept(ending.answer);
        });
  }

  private void submit(Request request, Consumer<Ending<Outcome>> done) {
    call(
        (life, call) ->
            life.registry()
                .submit(request, call.deadlineThere(), call.once(life, result -> result)),
        done);
  }

  void renew(long leaseId, Consumer<Optional<Long>> done) {
    cluster
        .world()
        .see(new RenewalAsked(leaseId, time.nowNanos() + PATIENCE_MILLIS_MAX * MILLISECOND));
    call(
        (life, call) ->
            life.registry()
                .renew(
                    List.of(leaseId),
                    call.deadlineThere(),
                    call.confirmed(call.once(life, (List<Long> ttls) -> ttls.get(0)))),
        (Ending<Long> ending) -> done.accept(ending.answer));
  }

  void read(ServiceKey service, Consistency level, Consumer<Optional<Reply.Showed>> done) {
    long number = asked(new Ask.Read(service, level instanceof Consistency.Linearizable));
    call(
        (life, call) -> {
          Consumer<Result<ReadPoint>> answer = call.once(life, point -> look(life, service));
          boolean isConfirmed = level instanceof Consistency.Linearizable;
          life.registry()
              .read(level, call.deadlineThere(), isConfirmed ? call.confirmed(answer) : answer);
        },
        (Ending<Reply.Showed> ending) -> {
          answered(number, ending.reply(showed -> showed));
          done.accept(ending.answer);
        });
  }

  /** The keys of {@link SimKeyholder} that begin with a prefix. */
  void readKeys(String prefix, Consistency level, Consumer<Optional<KeyPage>> done) {
    long startNanos = time.nowNanos();
    boolean isConfirmed = level instanceof Consistency.Linearizable;
    call(
        (life, call) -> {
          Consumer<Result<ReadPoint>> answer =
              call.once(
                  life,
                  point ->
                      life.store()
                          .keys(
                              SimKeyholder.NAMESPACE, prefix, Optional.empty(), Integer.MAX_VALUE));
          life.registry()
              .read(level, call.deadlineThere(), isConfirmed ? call.confirmed(answer) : answer);
        },
        (Ending<KeyPage> ending) -> {
          ending.answer.ifPresent(page ->
              cluster.world().see(new Observation.KeysRead(startNanos, isConfirmed, prefix, page)));
          done.accept(ending.answer);
        });
  }

  /** The keys of a prefix, as every write before has left them. */
  void keys(String namespace, String prefix, Consumer<Optional<List<KeyEntry>>> done) {
    call(
        (life, call) ->
            life.registry()
                .read(
                    new Consistency.Linearizable(),
                    call.deadlineThere(),
                    call.confirmed(
                        call.once(
                            life,
                            point ->
                                life.store()
                                    .keys(namespace, prefix, Optional.empty(), KEYS_MAX)
                                    .entries()))),
        (Ending<List<KeyEntry>> ending) -> done.accept(ending.answer));
  }

  /** Reads as the server does: after leave was given, from the published snapshots. */
  private static Reply.Showed look(SimLife life, ServiceKey service) {
    long revision = life.store().status().revision();
    var content = new TreeMap<String, Reply.Shown>();
    for (RegisteredInstance each : life.store().service(service).instances()) {
      var instance = each.instance();
      content.put(
          instance.key().instanceId(),
          new Reply.Shown(each.modRevision(), instance.incarnation(), instance.weight()));
    }
    return new Reply.Showed(revision, content);
  }

  private long asked(Ask ask) {
    long number = callNext++;
    see(new HistoryEvent.Asked(time.nowNanos(), number, client, ask));
    return number;
  }

  private void answered(long number, Reply reply) {
    see(new HistoryEvent.Answered(time.nowNanos(), number, reply));
  }

  private void see(HistoryEvent event) {
    cluster.world().see(new Observation.ByClient(event));
  }

  private <T> void call(BiConsumer<SimLife, Call<T>> begin, Consumer<Ending<T>> done) {
    List<SimNode> known = cluster.knownToClients();
    int place = known.get(random.nextInt(known.size())).number();
    long patience = random.nextLong(200, PATIENCE_MILLIS_MAX) * MILLISECOND;
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
    private final Consumer<Ending<T>> done;
    private boolean isOver;

    Call(int place, long deadlineNanos, Consumer<Ending<T>> done) {
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
        Ending<T> ending =
            switch (result) {
              case Result.Done<S>(S it) -> new Ending<>(Optional.of(value.apply(it)), false);
              case Result.Failed<S>(Failure failure, String message) -> {
                count(failure);
                yield new Ending<>(Optional.empty(), failure != Failure.INDETERMINATE);
              }
            };
        if (life.isAlive()) {
          cluster.network().sendOnce(place, SimCluster.CLIENTS, () -> finish(ending));
        }
      };
    }

    /** Lets the world know when this arrived, and when it is answered with success. */
    <S> Consumer<Result<S>> confirmed(Consumer<Result<S>> answer) {
      World world = cluster.world();
      long id = world.nextRequest();
      world.see(new RequestArrived(place, id));
      return result -> {
        if (result instanceof Result.Done<S>) {
          world.see(new RequestAnswered(place, id));
        }
        answer.accept(result);
      };
    }

    /** The deadline as the clock of the node shows it, which may be far from virtual time. */
    long deadlineThere() {
      long left = deadlineNanos - time.nowNanos();
      return cluster.nodes().get(place).clock().nanoTime() + left;
    }

    void giveUp() {
      if (!isOver) {
        cluster.world().totals().operationsUnknown++;
      }
      finish(new Ending<>(Optional.empty(), false));
    }

    private void finish(Ending<T> ending) {
      if (isOver) {
        return;
      }
      isOver = true;
      if (ending.answer.isPresent()) {
        cluster.world().totals().operations++;
      }
      done.accept(ending);
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
