package dev.rollcall.chaos.check;

import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.instance.Instance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a service does when operations come one at a time (docs/architecture.md, decision 13), by
 * contents alone: no revision is looked at. Each service is a part: reads show one as a whole.
 */
final class ServiceModel implements Model<ServiceModel.Service, Ask, Reply> {
  private static final Life NOBODY = new Life(0, 0);

  private final boolean forgets;

  /**
   * @param forgets whether it may have forgotten who had left, sooner than those who repeat
   *     themselves: then an answer that only that explains is right too
   */
  ServiceModel(boolean forgets) {
    this.forgets = forgets;
  }

  /**
   * A service.
   *
   * @param gone incarnations of instances that were removed and have not come back
   */
  record Service(Map<String, Life> live, Map<String, Long> gone) {
    private Service with(String id, Life life) {
      var nowLive = new TreeMap<>(live);
      nowLive.put(id, life);
      var nowGone = new TreeMap<>(gone);
      nowGone.remove(id);
      return new Service(nowLive, nowGone);
    }

    private Service forgetting(Set<String> ids) {
      var nowGone = new TreeMap<>(gone);
      nowGone.keySet().removeAll(ids);
      return new Service(live, nowGone);
    }

    private Service without(String id, long incarnation) {
      var nowLive = new TreeMap<>(live);
      nowLive.remove(id);
      var nowGone = new TreeMap<>(gone);
      nowGone.put(id, incarnation);
      return new Service(nowLive, nowGone);
    }
  }

  /** An instance that is registered. */
  record Life(long incarnation, int weight) {}

  private enum Kind {
    REGISTERED,
    UPDATED,
    DEREGISTERED,
    NOT_FOUND,
    STALE,
    OTHER
  }

  /** What becomes of the service, and what is answered, with the life that it is about. */
  private record Step(Service after, Kind kind, Life life) {}

  @Override
  public String part(Ask ask) {
    return ask.service().toString();
  }

  @Override
  public Service initial() {
    return new Service(Map.of(), Map.of());
  }

  @Override
  public Optional<Service> step(Service state, Ask ask, Optional<Reply> reply) {
    return switch (ask) {
      case Ask.Write write -> write(state, write, reply);
      case Ask.Read read ->
          reply.isEmpty() || shows(state, reply.get()) ? Optional.of(state) : Optional.empty();
      case Ask.Expire expire -> expire(state, expire);
      case Ask.Revoke revoke -> throw new IllegalStateException("says not what goes: " + revoke);
    };
  }

  private static boolean shows(Service state, Reply reply) {
    if (!(reply instanceof Reply.Showed(long revision, var instances))
        || instances.size() != state.live.size()) {
      return false;
    }
    for (var each : instances.entrySet()) {
      var shown = each.getValue();
      if (!new Life(shown.incarnation(), shown.weight()).equals(state.live.get(each.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Service> expire(Service state, Ask.Expire expire) {
    Service after = state;
    for (var each : expire.incarnations().entrySet()) {
      var life = after.live.get(each.getKey());
      if (life == null || life.incarnation != each.getValue()) {
        return Optional.empty();
      }
      after = after.without(each.getKey(), each.getValue());
    }
    return Optional.of(after);
  }

  private Optional<Service> write(Service state, Ask.Write write, Optional<Reply> reply) {
    String id = write.key().instanceId();
    var live = state.live.get(id);
    if (reply.isPresent() && isOfALease(reply.get())) {
      return Optional.of(state); // which leases there are is not to be seen here; nothing is done
    }
    var step =
        switch (write.command()) {
          case Command.Register register -> register(state, register.instances());
          case Command.Update update -> update(state, id, update, live);
          case Command.Deregister deregister -> deregister(state, id, deregister, live);
          default -> throw new IllegalStateException("about no instance: " + write);
        };
    boolean isSo = reply.isEmpty() || isSo(state, step, reply.get());
    return isSo
        ? Optional.of(step.after)
        : forgets && state.gone.keySet().stream().anyMatch(ids(write)::contains)
            ? write(state.forgetting(ids(write)), write, reply)
            : Optional.empty();
  }

  private static Set<String> ids(Ask.Write write) {
    return write.command() instanceof Command.Register register
        ? register.instances().stream()
            .map(instance -> instance.key().instanceId())
            .collect(Collectors.toSet())
        : Set.of(write.key().instanceId());
  }

  /** All of them or none. */
  private static Step register(Service before, List<Instance> instances) {
    Service state = before;
    for (Instance instance : instances) {
      String id = instance.key().instanceId();
      long incarnation = instance.incarnation();
      var live = before.live.get(id);
      if (live != null && live.incarnation == incarnation) {
        continue;
      }
      long last = live != null ? live.incarnation : before.gone.getOrDefault(id, 0L);
      if (incarnation <= last) {
        return new Step(before, Kind.STALE, new Life(last, 0));
      }
      state = state.with(id, new Life(incarnation, instance.weight()));
    }
    return new Step(state, Kind.REGISTERED, NOBODY);
  }

  private static Step update(Service state, String id, Command.Update update, @Nullable Life live) {
    if (live == null) {
      return new Step(state, Kind.NOT_FOUND, NOBODY);
    }
    if (update.incarnation() != 0 && update.incarnation() != live.incarnation) {
      return new Step(state, Kind.STALE, new Life(live.incarnation, 0));
    }
    var updated = new Life(live.incarnation, update.weight().orElse(live.weight));
    return new Step(updated.equals(live) ? state : state.with(id, updated), Kind.UPDATED, updated);
  }

  private static Step deregister(
      Service state, String id, Command.Deregister deregister, @Nullable Life live) {
    long incarnation = deregister.incarnation();
    if (live == null) {
      boolean isRepeat = state.gone.getOrDefault(id, 0L) == incarnation;
      return new Step(state, isRepeat ? Kind.DEREGISTERED : Kind.NOT_FOUND, NOBODY);
    }
    if (incarnation != 0 && incarnation != live.incarnation) {
      return incarnation < live.incarnation
          ? new Step(state, Kind.STALE, new Life(live.incarnation, 0))
          : new Step(state, Kind.NOT_FOUND, NOBODY);
    }
    return new Step(state.without(id, live.incarnation), Kind.DEREGISTERED, NOBODY);
  }

  private static boolean isSo(Service before, Step step, Reply reply) {
    return switch (reply) {
      case Reply.Wrote(var outcome) ->
          step.kind == kind(outcome) && step.life.equals(life(outcome));
      case Reply.TookEffect took -> !step.after.equals(before);
      case Reply.Showed showed -> false;
      case Reply.Refused refused -> false;
      case Reply.Unknown unknown -> false;
    };
  }

  private static Kind kind(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Registered registered -> Kind.REGISTERED;
      case Outcome.Updated updated -> Kind.UPDATED;
      case Outcome.Deregistered deregistered -> Kind.DEREGISTERED;
      case Outcome.InstanceNotFound nobody -> Kind.NOT_FOUND;
      case Outcome.StaleIncarnation stale -> Kind.STALE;
      default -> Kind.OTHER;
    };
  }

  private static boolean isOfALease(Reply reply) {
    return reply instanceof Reply.Wrote(Outcome.LeaseNotFound gone);
  }

  private static Life life(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Updated(long revision, var shown) ->
          new Life(shown.instance().incarnation(), shown.instance().weight());
      case Outcome.StaleIncarnation stale -> new Life(stale.incarnation(), 0);
      default -> NOBODY;
    };
  }
}
