package dev.rollcall.chaos.check;

import dev.rollcall.chaos.check.HistoryEvent.Answered;
import dev.rollcall.chaos.check.HistoryEvent.Asked;
import dev.rollcall.chaos.check.HistoryEvent.Happened;
import dev.rollcall.store.Change;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Outcome.SessionExpired;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that clients of a registry asked and were told, and what happened to it, as operations on its
 * services whose contents can be searched for an order.
 *
 * <p>Writes whose outcome no client knows, and expiries, which no client asked for, get their
 * moments from what happened (as etcd's robustness tests do, or the search would not end): a write
 * that never happened is left out, for it had neither effect nor answer; one that happened took
 * effect between its call and the moment when a node first applied it; an expiry happened at that
 * moment. Before it no read shows the change, since no node has it. And every read that begins
 * after it does, for the entry is committed, and no read point lies before what is committed: that
 * is more than linearizability asks for, and what Raft gives. Where several calls may be the cause
 * of one change, the earliest of them counts as its beginning, which is the widest. A registration
 * that is told of its end is such a cause as well: servers repeat what they have not heard of.
 *
 * <p>A refused write is left out too: it must not have happened. Reads that may be old are for
 * {@link RevisionChecker}.
 */
public final class ClientHistory {
  private final List<HistoryEvent> events = new ArrayList<>();

  /** Another event, not before the last one. */
  public void add(HistoryEvent event) {
    events.add(event);
  }

  /** What was added, in that order. */
  public List<HistoryEvent> events() {
    return events;
  }

  /** Whether there is an order of all operations in which each service gives every answer. */
  public Verdict check(Budget budget) {
    return LinearizabilityChecker.check(new ServiceModel(forgets()), operations(), budget);
  }

  private boolean forgets() {
    return events.stream().anyMatch(HistoryEvent.Forgot.class::isInstance);
  }

  /** What the search is for: everything whose effect or answer counts. */
  List<Operation<Ask, Reply>> operations() {
    var operations = new ArrayList<Operation<Ask, Reply>>();
    var underWay = new TreeMap<Long, Asked>();
    boolean forgets = forgets();
    for (var event : events) {
      switch (event) {
        case Asked asked -> underWay.put(asked.call(), asked);
        case Answered(long nanos, long call, Reply.Wrote reply) -> {
          var asked = taken(underWay, call);
          if (isForRevisionsAlone(asked.ask(), reply.outcome())) {
            continue;
          }
          operations.add(operation(firstOfItsKind(underWay, asked), reply, nanos));
          if (mayBeOfARepeat(asked.ask(), reply.outcome(), forgets)) {
            underWay.put(call, asked);
          }
        }
        case Answered(long nanos, long call, Reply.Showed reply) -> {
          var asked = taken(underWay, call);
          if (asked.ask() instanceof Ask.Read read && read.isLinearizable()) {
            operations.add(operation(asked, reply, nanos));
          }
        }
        case Answered(long nanos, long call, Reply.Refused reply) -> underWay.remove(call);
        case Answered unknown -> {}
        case Happened happened -> {}
        case HistoryEvent.Forgot forgot -> {}
      }
    }
    addEffects(operations, earliestByEffect(underWay));
    if (forgets) {
      addRepeats(operations);
    }
    return operations;
  }

  /**
   * What a session remembers happens once however often it is asked for: all calls of it are one
   * operation, which begins with the first. Takes the others out.
   */
  private static Asked firstOfItsKind(Map<Long, Asked> underWay, Asked asked) {
    if (!(asked.ask() instanceof Ask.Write write) || write.repeat().isEmpty()) {
      return asked;
    }
    var first = asked;
    for (var each : List.copyOf(underWay.values())) {
      if (each.ask().equals(asked.ask())) {
        underWay.remove(each.call());
        first = each.nanos() < first.nanos() ? each : first;
      }
    }
    return first;
  }

  /**
   * What a lease took with it, the registry's own history says; what is said of an instance beside
   * its registration, a service as it is searched does not show; and else nothing was done.
   */
  private static boolean isForRevisionsAlone(Ask ask, Outcome outcome) {
    return ask instanceof Ask.Revoke
        || (ask instanceof Ask.Write write && write.isBeside())
        || outcome instanceof SessionExpired
        || outcome instanceof Outcome.RevisionMismatch;
  }

  /**
   * Whether servers may have carried out the write and then, not having heard of it, asked again
   * and told of that: by then the instance may have been gone. Effect and answer are two operations
   * then, as of two calls.
   */
  private static boolean mayBeOfARepeat(Ask ask, Outcome outcome, boolean forgets) {
    if (!(ask instanceof Ask.Write write)) {
      return false;
    }
    return switch (write.command()) {
      case Command.Register register -> !(outcome instanceof Outcome.Registered);
      // That it is gone is known for a while only.
      case Command.Deregister deregister -> forgets && outcome instanceof Outcome.InstanceNotFound;
      default -> false;
    };
  }

  /** Of the writes with unknown outcome. */
  private static Map<Effect, Asked> earliestByEffect(Map<Long, Asked> unknown) {
    var earliest = new HashMap<Effect, Asked>();
    for (var asked : unknown.values()) {
      if (asked.ask() instanceof Ask.Write write) {
        Effect.of(write)
            .ifPresent(
                effect -> earliest.merge(effect, asked, (a, b) -> a.nanos() <= b.nanos() ? a : b));
      }
    }
    return earliest;
  }

  private void addEffects(List<Operation<Ask, Reply>> operations, Map<Effect, Asked> unknown) {
    var endings = new LeaseEndings();
    for (var event : events) {
      if (event instanceof Happened happened) {
        for (Change change : happened.changes().changes()) {
          var asked =
              endings.isOf(change)
                  ? Optional.<Asked>empty()
                  : Effect.of(change).map(unknown::remove);
          // Once: what changes an instance later may leave its content as it was.
          if (asked.isPresent() && asked.get().nanos() <= happened.nanos()) {
            operations.add(operation(asked.get(), new Reply.TookEffect(), happened.nanos()));
          }
        }
        operations.addAll(endings.at(happened));
      }
      endings.see(event);
    }
  }

  /**
   * What was asked for once and happened again, because the registry had forgotten that it had:
   * calls that are repeated, or late. Each has its own moment, when it happened.
   */
  private void addRepeats(List<Operation<Ask, Reply>> operations) {
    var asked = new HashMap<Effect, Asked>();
    var happenedOnce = new HashSet<Effect>();
    var endings = new LeaseEndings();
    for (var event : events) {
      if (event instanceof Asked call && call.ask() instanceof Ask.Write write) {
        Effect.of(write).ifPresent(effect -> asked.put(effect, call));
      } else if (event instanceof Happened happened) {
        for (Change change : happened.changes().changes()) {
          // What stands otherwise has its weight as before: that is no update once more.
          var effect =
              endings.isOf(change)
                  ? Optional.<Effect>empty()
                  : Effect.of(change).filter(each -> each.kind() != Effect.Kind.UPDATE);
          if (effect.isPresent() && !happenedOnce.add(effect.get())) {
            var call = asked.get(effect.get());
            if (call != null) {
              operations.add(
                  new Operation<>(
                      LeaseEndings.REGISTRY,
                      call.ask(),
                      Optional.of(new Reply.TookEffect()),
                      happened.nanos(),
                      happened.nanos()));
            }
          }
        }
      }
      endings.see(event);
    }
  }

  private static Asked taken(Map<Long, Asked> underWay, long call) {
    var asked = underWay.remove(call);
    if (asked == null) {
      throw new IllegalArgumentException("call " + call + " is answered and not under way");
    }
    return asked;
  }

  private static Operation<Ask, Reply> operation(Asked asked, Reply reply, long nanos) {
    return new Operation<>(asked.client(), asked.ask(), Optional.of(reply), asked.nanos(), nanos);
  }
}
