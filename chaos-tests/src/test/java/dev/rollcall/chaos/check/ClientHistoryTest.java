package dev.rollcall.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.chaos.check.HistoryEvent.Answered;
import dev.rollcall.chaos.check.HistoryEvent.Asked;
import dev.rollcall.chaos.check.HistoryEvent.Happened;
import dev.rollcall.chaos.check.Reply.Shown;
import dev.rollcall.store.Change;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RevisionChanges;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How what happened completes what clients were told. */
class ClientHistoryTest {
  private static final InstanceKey KEY = new InstanceKey(new ServiceKey("", "orders"), "i-1");
  private static final RegisteredInstance REGISTERED = new RegisteredInstance(instance(), 1, 1, 1);
  private static final Shown SHOWN = new Shown(1, 1, 100);

  private final ClientHistory history = new ClientHistory();

  @Test
  void aRegistrationOfUnknownOutcomeIsSeenFromThenOn() {
    add(asked(0, 1, register()), registered(10), answered(20, 1, new Reply.Unknown()));
    add(read(2, 30, Map.of(KEY.instanceId(), SHOWN)));

    assertThat(verdict()).isInstanceOf(Verdict.Linearizable.class);
  }

  @Test
  void aReadThatBeginsAfterItHappenedAndMissesItIsRefused() {
    add(asked(0, 1, register()), registered(10), answered(20, 1, new Reply.Unknown()));
    add(read(2, 30, Map.of()));

    assertThat(verdict()).isInstanceOf(Verdict.NotLinearizable.class);
  }

  @Test
  void aRefusedRegistrationThatHappenedIsRefused() {
    add(asked(0, 1, register()), registered(10), answered(20, 1, new Reply.Refused()));
    add(read(2, 30, Map.of(KEY.instanceId(), SHOWN)));

    assertThat(verdict()).isInstanceOf(Verdict.NotLinearizable.class);
  }

  /** The answer to the server's own repeat: it was registered, and has expired since. */
  @Test
  void aRegistrationMayBeToldOfItsOwnEnd() {
    add(asked(0, 1, register()), registered(10));
    add(read(2, 20, Map.of(KEY.instanceId(), SHOWN)));
    add(expired(40));
    add(read(3, 50, Map.of()));
    add(answered(60, 1, new Reply.Wrote(new Outcome.StaleIncarnation(2, KEY, 1))));

    assertThat(verdict()).isInstanceOf(Verdict.Linearizable.class);
    assertThat(RevisionChecker.check(history.events())).isEmpty();
  }

  private Verdict verdict() {
    return history.check(Budget.ofSteps(1000));
  }

  private void add(HistoryEvent... events) {
    List.of(events).forEach(history::add);
  }

  private static HistoryEvent[] read(long call, long nanos, Map<String, Shown> instances) {
    return new HistoryEvent[] {
      asked(nanos, call, new Ask.Read(KEY.service(), true)),
      answered(nanos + 5, call, new Reply.Showed(instances.isEmpty() ? 2 : 1, instances))
    };
  }

  private static Asked asked(long nanos, long call, Ask ask) {
    return new Asked(nanos, call, (int) call, ask);
  }

  private static Answered answered(long nanos, long call, Reply reply) {
    return new Answered(nanos, call, reply);
  }

  private static Ask register() {
    return new Ask.Write(
        new Command.Register(List.of(instance()), new Command.Keeper.NewLease(1000)));
  }

  private static Happened registered(long nanos) {
    return happened(nanos, 1, new Change.Upserted(REGISTERED, Optional.empty()));
  }

  private static Happened expired(long nanos) {
    return happened(nanos, 2, new Change.Removed(REGISTERED, Change.Cause.EXPIRED));
  }

  private static Happened happened(long nanos, long revision, Change change) {
    return new Happened(
        nanos,
        new RevisionChanges(revision, 0, List.of(change), Map.of(KEY.service(), revision - 1)));
  }

  private static Instance instance() {
    return new Instance(
        KEY,
        1,
        List.of(new Endpoint("http", "http", "10.0.0.1", 80, false)),
        Locality.UNKNOWN,
        Instance.WEIGHT_DEFAULT,
        "",
        List.of(),
        new TreeMap<>(),
        Status.UP);
  }
}
