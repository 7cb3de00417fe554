package dev.rollcall.chaos.check;

import dev.rollcall.chaos.check.HistoryEvent.Answered;
import dev.rollcall.chaos.check.HistoryEvent.Asked;
import dev.rollcall.chaos.check.HistoryEvent.Happened;
import dev.rollcall.chaos.check.Reply.Shown;
import dev.rollcall.store.Change;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Holds every answer of a history to the order that revisions claim: O(n log n) for all of it,
 * across services, one event after the other, so that it can look on while a history is made.
 *
 * <p>Real time: what began after a revision had happened is of that revision at least, and of a
 * later one if it is a write that made one. Whatever was answered before had happened before, so
 * this holds between any two operations of which one began after the other returned. Replay: every
 * answer is what the changes up to its revision come to. Reads that need not be fresh may be of an
 * old revision but must show what it came to all the same.
 */
public final class RevisionChecker {
  /** Content of each service after each revision that changed it. */
  private final Map<ServiceKey, TreeMap<Long, Map<String, Shown>>> contents = new HashMap<>();

  /** The last revision that had happened by a moment. */
  private final TreeMap<Long, Long> happened = new TreeMap<>();

  private final Map<Long, Asked> underWay = new HashMap<>();

  /** When what may be asked for repeatedly was asked for first. */
  private final Map<Effect, Long> firstAsked = new HashMap<>();

  private long lastRevision;

  /** The history contradicts its own revisions. */
  public static final class Contradiction extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Contradiction(String message) {
      super(message);
    }

    /** What contradicts what. */
    public String complaint() {
      return String.valueOf(getMessage());
    }
  }

  /** Checks a history that is over; empty when it holds. */
  public static Optional<String> check(List<HistoryEvent> events) {
    var checker = new RevisionChecker();
    try {
      events.forEach(checker::see);
      return Optional.empty();
    } catch (Contradiction e) {
      return Optional.of(e.complaint());
    }
  }

  /**
   * Takes the next event, in order of time.
   *
   * @throws Contradiction when it does not go with those before
   */
  public void see(HistoryEvent event) {
    switch (event) {
      case Asked asked -> {
        underWay.put(asked.call(), asked);
        if (asked.ask() instanceof Ask.Write write) {
          Effect.of(write).ifPresent(effect -> firstAsked.putIfAbsent(effect, asked.nanos()));
        }
      }
      case Happened(long nanos, var changes) -> {
        long revision = changes.revision();
        require(revision == lastRevision + 1, "revision %d after %d", revision, lastRevision);
        lastRevision = revision;
        happened.put(nanos, revision);
        for (var change : changes.changes()) {
          if (change instanceof Change.OfService ofService) {
            record(revision, ofService);
          }
        }
      }
      case HistoryEvent.Forgot forgot -> {}
      case Answered(long nanos, long call, Reply reply) -> {
        Asked asked = underWay.remove(call);
        require(asked != null, "call %d is answered and not under way", call);
        if (asked != null) {
          answered(asked, reply);
        }
      }
    }
  }

  private void answered(Asked asked, Reply reply) {
    switch (reply) {
      case Reply.Wrote(var outcome) -> {
        requireHappened(asked, outcome.revision());
        switch (asked.ask()) {
          case Ask.Write write -> wrote(asked, write, outcome);
          case Ask.Revoke revoke -> revoked(asked, revoke, outcome);
          default -> {}
        }
      }
      case Reply.Showed showed -> {
        if (asked.ask() instanceof Ask.Read read) {
          requireHappened(asked, showed.revision());
          showed(asked, read, showed);
        }
      }
      case Reply.Refused refused -> {}
      case Reply.Unknown unknown -> {}
      case Reply.TookEffect took -> {}
    }
  }

  /**
   * A removal has the revision of the moment at which the instance went, by expiry perhaps, and an
   * update that changed nothing that of the last change: both may lie before the call, and must
   * still have been so when it began.
   */
  private void wrote(Asked asked, Ask.Write write, Outcome outcome) {
    InstanceKey key = write.key();
    long revision = outcome.revision();
    long floor = happenedBefore(asked.nanos());
    var shown = Optional.ofNullable(contentAt(key.service(), revision).get(key.instanceId()));
    if (write.isBeside()) {
      beside(asked, key, floor, outcome);
      return;
    }
    switch (outcome) {
      case Outcome.RevisionMismatch(long of, long actual) -> {
        boolean isSo =
            write.command() instanceof Command.Update update
                && update.expectedRevision() != actual
                && shown.filter(it -> it.modRevision() == actual).isPresent();
        require(isSo && of >= floor, "%s, answered %s: history has %s", asked, outcome, shown);
      }
      case Outcome.Registered done -> {
        requireMadeAfter(floorOfFirst(write, floor), asked, outcome);
        var content = contentAt(key.service(), revision);
        boolean isSo =
            write.command() instanceof Command.Register register
                && shown.isPresent()
                && shown.get().modRevision() == revision
                && register.instances().stream().allMatch(each -> isShown(content, each));
        require(isSo, "%s, answered %s: history has %s", asked, outcome, content);
      }
      case Outcome.Updated(long rev, var updated) -> {
        boolean isRemembered = write.repeat().isPresent();
        if (write.command() instanceof Command.Update update && update.weight().isPresent()) {
          requireMadeAfter(isRemembered ? floorOfFirst(write, floor) : floor, asked, outcome);
        }
        // What a session remembers was so then, and may be over.
        long soAt = isRemembered ? revision : Math.max(revision, floor);
        var content = contentAt(key.service(), soAt);
        var still = Optional.ofNullable(content.get(key.instanceId()));
        var instance = updated.instance();
        var told = new Shown(revision, instance.incarnation(), instance.weight());
        require(
            still.equals(Optional.of(told)), "%s, answered %s: history has %s", asked, told, still);
      }
      case Outcome.Deregistered done -> {
        var before = contentAt(key.service(), revision - 1);
        var after = contentAt(key.service(), Math.max(revision, floor));
        boolean went = before.containsKey(key.instanceId()) && !after.containsKey(key.instanceId());
        require(went, "%s, answered %s: it did not go then", asked, outcome);
      }
      case Outcome.SessionExpired expired -> {}
      default -> {
        boolean isRemembered = write.repeat().isPresent();
        long of = isRemembered ? floorOfFirst(write, floor) : floor;
        require(revision >= of, "%s, answered %s: behind revision %d", asked, outcome, of);
      }
    }
  }

  /** It said so after it was asked to, or found it so: then that is of the last change. */
  private void beside(Asked asked, InstanceKey key, long floor, Outcome outcome) {
    var shown = Optional.ofNullable(contentAt(key.service(), floor).get(key.instanceId()));
    boolean isLast = shown.filter(it -> it.modRevision() == outcome.revision()).isPresent();
    require(
        outcome.revision() >= floor || isLast,
        "%s, answered %s: before %d, when history had %s",
        asked,
        outcome,
        floor,
        shown);
  }

  private static boolean isShown(Map<String, Shown> content, Instance instance) {
    var shown = content.get(instance.key().instanceId());
    return shown != null && shown.incarnation() == instance.incarnation();
  }

  /** One that finds instances makes a revision, at which they and no others go. */
  private void revoked(Asked asked, Ask.Revoke revoke, Outcome outcome) {
    long floor = happenedBefore(asked.nanos());
    if (outcome instanceof Outcome.LeaseRevoked(long revision, int instances) && instances > 0) {
      requireMadeAfter(floor, asked, outcome);
      int before = contentAt(revoke.service(), revision - 1).size();
      int after = contentAt(revoke.service(), revision).size();
      require(
          before - after == instances,
          "%s, answered %s: of %d instances %d are left",
          asked,
          outcome,
          before,
          after);
    } else {
      require(outcome.revision() >= floor, "%s, answered %s: behind %d", asked, outcome, floor);
    }
  }

  private void showed(Asked asked, Ask.Read read, Reply.Showed showed) {
    if (read.isLinearizable()) {
      long floor = happenedBefore(asked.nanos());
      require(
          showed.revision() >= floor,
          "%s, answered at revision %d: behind revision %d",
          asked,
          showed.revision(),
          floor);
    }
    Map<String, Shown> expected = contentAt(read.service(), showed.revision());
    require(
        expected.equals(showed.instances()),
        "%s, answered %s: history has %s",
        asked,
        showed,
        expected);
  }

  /** Nobody can be told of what no node has applied. */
  private void requireHappened(Asked asked, long revision) {
    require(
        revision <= lastRevision,
        "%s, answered of revision %d while history is at %d",
        asked,
        revision,
        lastRevision);
  }

  private void requireMadeAfter(long floor, Asked asked, Outcome outcome) {
    require(outcome.revision() > floor, "%s, answered %s: not after %d", asked, outcome, floor);
  }

  private long floorOfFirst(Ask.Write write, long floor) {
    return Effect.of(write).map(firstAsked::get).map(this::happenedBefore).orElse(floor);
  }

  private long happenedBefore(long nanos) {
    var floor = happened.lowerEntry(nanos);
    return floor == null ? 0 : floor.getValue();
  }

  private Map<String, Shown> contentAt(ServiceKey service, long revision) {
    var byRevision = contents.get(service);
    var floor = byRevision == null ? null : byRevision.floorEntry(revision);
    return floor == null ? Map.of() : floor.getValue();
  }

  private void record(long revision, Change.OfService change) {
    var byRevision = contents.computeIfAbsent(change.service(), key -> new TreeMap<>());
    var last = byRevision.lastEntry();
    var content = new TreeMap<String, Shown>(last == null ? Map.of() : last.getValue());
    switch (change) {
      case Change.Upserted(var live, var previous) -> {
        var instance = live.instance();
        content.put(
            instance.key().instanceId(),
            new Shown(live.modRevision(), instance.incarnation(), instance.weight()));
      }
      case Change.Removed removed -> content.remove(removed.key().instanceId());
      case Change.SpecPut put -> {}
      case Change.SpecRemoved removed -> {}
    }
    byRevision.put(revision, content);
  }

  private static void require(boolean holds, String format, Object... arguments) {
    if (!holds) {
      throw new Contradiction(String.format(format, arguments));
    }
  }
}
