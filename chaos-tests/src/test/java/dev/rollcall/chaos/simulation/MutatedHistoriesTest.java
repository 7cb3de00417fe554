package dev.rollcall.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.chaos.check.Ask;
import dev.rollcall.chaos.check.Budget;
import dev.rollcall.chaos.check.ClientHistory;
import dev.rollcall.chaos.check.HistoryEvent;
import dev.rollcall.chaos.check.HistoryEvent.Answered;
import dev.rollcall.chaos.check.HistoryEvent.Asked;
import dev.rollcall.chaos.check.HistoryEvent.Happened;
import dev.rollcall.chaos.check.Reply;
import dev.rollcall.chaos.check.Reply.Shown;
import dev.rollcall.chaos.check.RevisionChecker;
import dev.rollcall.chaos.check.Verdict;
import dev.rollcall.store.Change;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A history of a simulated run, falsified in one place, is refused by the checker whose task it is:
 * by the search (contents against real time), by the revision checker (answers against what
 * happened), or by both.
 */
class MutatedHistoriesTest {
  /** Of a run in which no change log forgets: the search bears more where one does. */
  private static final long SEED = 3;

  private static final int SECONDS = 20;
  private static final long STEPS_MAX = 1_000_000;

  private static List<HistoryEvent> genuine;
  private static final Map<Long, Asked> ASKED = new HashMap<>();

  @BeforeAll
  static void simulate() {
    genuine = List.copyOf(Simulation.historyOf(Scenario.of(SEED, SECONDS)).events());
    assertThat(genuine).noneMatch(HistoryEvent.Forgot.class::isInstance);
    for (var event : genuine) {
      if (event instanceof Asked asked) {
        ASKED.put(asked.call(), asked);
      }
    }
  }

  @Test
  void whatHappenedPasses() {
    assertThat(search(genuine)).isInstanceOf(Verdict.Linearizable.class);
    assertThat(RevisionChecker.check(genuine)).isEmpty();
  }

  /** Both saw their service before and after it changed, one after the other. */
  @Test
  void swappedReadsAreRefusedByBoth() {
    var events = new ArrayList<>(genuine);
    int early = place(it -> it.reply() instanceof Reply.Showed && isLinearizableRead(it));
    var first = (Answered) events.get(early);
    int late =
        place(it ->
            it.reply() instanceof Reply.Showed
                && isLinearizableRead(it)
                && asked(it).ask().equals(asked(first).ask())
                && asked(it).nanos() > first.nanos()
                && !contents(it).equals(contents(first)));
    var second = (Answered) events.get(late);
    events.set(early, new Answered(first.nanos(), first.call(), second.reply()));
    events.set(late, new Answered(second.nanos(), second.call(), first.reply()));

    assertRefusedBySearch(events);
    assertRefusedByRevisions(events);
  }

  /** What it shows was so at the revision it names, but is over when the read begins. */
  @Test
  void aStaleReadIsRefusedByBoth() {
    var events = new ArrayList<>(genuine);
    int early = place(it -> it.reply() instanceof Reply.Showed && isLinearizableRead(it));
    var first = (Answered) events.get(early);
    int late =
        place(it ->
            isLinearizableRead(it)
                && asked(it).ask().equals(asked(first).ask())
                && asked(it).nanos() > first.nanos()
                && !contents(it).equals(contents(first)));
    var second = (Answered) events.get(late);
    events.set(late, new Answered(second.nanos(), second.call(), first.reply()));

    assertRefusedBySearch(events);
    assertRefusedByRevisions(events);
  }

  /** The search never sees what may be old; wrong it is all the same. */
  @Test
  void aWrongReadThatMayBeOldIsRefusedByRevisions() {
    var events = new ArrayList<>(genuine);
    int place =
        place(it ->
            asked(it).ask() instanceof Ask.Read read
                && !read.isLinearizable()
                && !contents(it).isEmpty());
    var read = (Answered) events.get(place);
    long revision = ((Reply.Showed) read.reply()).revision();
    events.set(
        place, new Answered(read.nanos(), read.call(), new Reply.Showed(revision, Map.of())));

    assertRefusedByRevisions(events);
    assertThat(search(events)).isInstanceOf(Verdict.Linearizable.class);
  }

  /** A revision below one that had happened, though the service was the same then. */
  @Test
  void aReadOfAnOldRevisionWithoutADifferenceIsRefusedByRevisions() {
    var events = new ArrayList<>(genuine);
    int place =
        place(it ->
            isLinearizableRead(it)
                && it.reply() instanceof Reply.Showed showed
                && showed.revision() > newest(showed) + 1
                && newest(showed) > 0
                && happenedBefore(asked(it).nanos()) > newest(showed)
                && isAsItWas(asked(it), newest(showed)));
    var read = (Answered) events.get(place);
    var showed = (Reply.Showed) read.reply();
    events.set(
        place,
        new Answered(
            read.nanos(), read.call(), new Reply.Showed(newest(showed), showed.instances())));

    assertRefusedByRevisions(events);
    assertThat(search(events)).isInstanceOf(Verdict.Linearizable.class);
  }

  /** Somebody has seen its effect: who brought it about? */
  @Test
  void anAcknowledgedWriteThatIsDroppedIsRefusedByTheSearch() {
    assertRefusedBySearch(without(seenUpdate(), it -> true));
  }

  @Test
  void aWriteThatWasSeenAndIsSaidToBeRefusedIsRefusedByTheSearch() {
    long update = seenUpdate();
    var events = new ArrayList<HistoryEvent>();
    for (var event : genuine) {
      events.add(
          event instanceof Answered(long nanos, long call, var reply) && call == update
              ? new Answered(nanos, call, new Reply.Refused())
              : event);
    }

    assertRefusedBySearch(events);
    assertThat(RevisionChecker.check(events)).isEmpty();
  }

  @Test
  void aWriteWhoseOutcomeIsUnknownMayHaveHappened() {
    var events = without(seenUpdate(), event -> event instanceof Answered);

    assertThat(search(events)).isInstanceOf(Verdict.Linearizable.class);
    assertThat(RevisionChecker.check(events)).isEmpty();
  }

  @Test
  void anExpiryThatNobodyIsToldOfIsRefusedByBoth() {
    var events = new ArrayList<HistoryEvent>();
    for (var event : genuine) {
      boolean isExpiry =
          event instanceof Happened(long nanos, var changes)
              && changes.changes().stream().anyMatch(it -> it.toString().contains("EXPIRED"));
      if (!isExpiry) {
        events.add(event);
      }
    }
    assertThat(events).hasSizeLessThan(genuine.size());

    assertRefusedBySearch(events);
    assertRefusedByRevisions(events);
  }

  @Test
  void aSearchWithoutStepsIsNoPass() {
    assertThat(history(genuine).check(Budget.ofSteps(10))).isInstanceOf(Verdict.TimedOut.class);
  }

  /** An update that was acknowledged and whose weight a linearizable read has shown. */
  private static long seenUpdate() {
    var shown = new HashSet<Shown>();
    for (var event : genuine) {
      if (event instanceof Answered answered && isLinearizableRead(answered)) {
        shown.addAll(contents(answered).values());
      }
    }
    int place =
        place(it ->
            it.reply() instanceof Reply.Wrote(Outcome.Updated(long revision, var instance))
                && asked(it).ask() instanceof Ask.Write(Command.Update update, var repeat)
                && update.weight().isPresent()
                && shown.contains(
                    new Shown(0, instance.instance().incarnation(), update.weight().getAsInt())));
    return ((Answered) genuine.get(place)).call();
  }

  private static List<HistoryEvent> without(long call, Predicate<HistoryEvent> dropped) {
    var events = new ArrayList<HistoryEvent>();
    for (var event : genuine) {
      boolean isOfCall =
          switch (event) {
            case Asked asked -> asked.call() == call;
            case Answered answered -> answered.call() == call;
            case Happened happened -> false;
            case HistoryEvent.Forgot forgot -> false;
          };
      if (!isOfCall || !dropped.test(event)) {
        events.add(event);
      }
    }
    return events;
  }

  private static int place(Predicate<Answered> wanted) {
    for (int place = 0; place < genuine.size(); place++) {
      if (genuine.get(place) instanceof Answered answered && wanted.test(answered)) {
        return place;
      }
    }
    throw new AssertionError("seed " + SEED + " has no such answer: choose another");
  }

  private static Asked asked(Answered answered) {
    return Objects.requireNonNull(ASKED.get(answered.call()));
  }

  private static boolean isLinearizableRead(Answered answered) {
    return answered.reply() instanceof Reply.Showed
        && asked(answered).ask() instanceof Ask.Read read
        && read.isLinearizable();
  }

  /** Without revisions. */
  private static Map<String, Shown> contents(Answered answered) {
    var contents = new TreeMap<String, Shown>();
    if (answered.reply() instanceof Reply.Showed showed) {
      showed
          .instances()
          .forEach((id, it) -> contents.put(id, new Shown(0, it.incarnation(), it.weight())));
    }
    return contents;
  }

  private static long newest(Reply.Showed showed) {
    return showed.instances().values().stream().mapToLong(Shown::modRevision).max().orElse(0);
  }

  private static long happenedBefore(long nanos) {
    long last = 0;
    for (var event : genuine) {
      if (event instanceof Happened(long at, var changes) && at < nanos) {
        last = changes.revision();
      }
    }
    return last;
  }

  /** Whether nothing has gone from the service between a revision and the call. */
  private static boolean isAsItWas(Asked asked, long revision) {
    Set<Long> changed = new HashSet<>();
    for (var event : genuine) {
      if (event instanceof Happened(long at, var changes)
          && changes.changes().stream()
              .anyMatch(it ->
                  it instanceof Change.OfService change
                      && change.service().equals(asked.ask().service()))) {
        changed.add(changes.revision());
      }
    }
    return changed.stream().noneMatch(it -> it > revision && it <= happenedBefore(asked.nanos()));
  }

  private static void assertRefusedBySearch(List<HistoryEvent> events) {
    assertThat(search(events)).isInstanceOf(Verdict.NotLinearizable.class);
  }

  private static void assertRefusedByRevisions(List<HistoryEvent> events) {
    assertThat(RevisionChecker.check(events)).isPresent();
  }

  private static Verdict search(List<HistoryEvent> events) {
    return history(events).check(Budget.ofSteps(STEPS_MAX));
  }

  private static ClientHistory history(List<HistoryEvent> events) {
    var history = new ClientHistory();
    events.forEach(history::add);
    return history;
  }
}
