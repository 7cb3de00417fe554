package dev.rollcall.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.chaos.check.RegisterModel.Answer;
import dev.rollcall.chaos.check.RegisterModel.Ask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckerTest {
  @Test
  void noOperationsAreLinearizable() {
    assertThat(check(List.of(), 1)).isInstanceOf(Verdict.Linearizable.class);
  }

  @Test
  void operationsThatMeetInOneMomentAreConcurrent() {
    assertThat(check(List.of(write(1, 0, 5), read(OptionalInt.empty(), 5, 6)), 100))
        .isInstanceOf(Verdict.Linearizable.class);
    assertThat(check(List.of(write(1, 0, 5), read(OptionalInt.empty(), 6, 7)), 100))
        .isInstanceOf(Verdict.NotLinearizable.class);
  }

  @Test
  void anOpenWriteTakesEffectLateOrNever() {
    var open = write(1, 0, Operation.NEVER);
    var nothing = read(OptionalInt.empty(), 10, 20);
    var one = read(OptionalInt.of(1), 30, 40);

    assertThat(check(List.of(open, nothing), 100)).isInstanceOf(Verdict.Linearizable.class);
    assertThat(check(List.of(open, nothing, one), 100)).isInstanceOf(Verdict.Linearizable.class);
    assertThat(check(List.of(open, one, read(OptionalInt.empty(), 50, 60)), 100))
        .isInstanceOf(Verdict.NotLinearizable.class);
  }

  @Test
  void whatIsWrongIsShown() {
    var first = write(1, 0, 5);
    var stale = read(OptionalInt.empty(), 6, 7);

    var verdict = (Verdict.NotLinearizable) check(List.of(first, stale), 100);

    assertThat(verdict.longest()).containsExactly(first);
    assertThat(verdict.stuck()).isEqualTo(stale);
    assertThat(verdict.toString()).contains("0 to 5, client 1", "6 to 7");
  }

  @Test
  void aSearchThatIsGivenUpIsNoPass() {
    var history = manyOverlapping(20);

    assertThat(check(history, 1000)).isInstanceOf(Verdict.TimedOut.class);
    var late =
        LinearizabilityChecker.check(new RegisterModel(), history, new Budget(1, () -> true));
    assertThat(late).isEqualTo(new Verdict.TimedOut(0, ""));
  }

  @Test
  void aLongHistoryTakesOneStepForEachOperationThatNothingOverlaps() {
    var history = new ArrayList<Operation<Ask, Answer>>();
    for (int number = 0; number < 100_000; number++) {
      history.add(write(number, 2L * number, 2L * number + 1));
    }

    assertThat(check(history, 100_000)).isEqualTo(new Verdict.Linearizable(100_000));
  }

  /** Writes all at once, and then a read of what nobody wrote: every order must be looked at. */
  private static List<Operation<Ask, Answer>> manyOverlapping(int writes) {
    var history = new ArrayList<Operation<Ask, Answer>>();
    for (int value = 1; value <= writes; value++) {
      history.add(write(value, 0, 10));
    }
    history.add(read(OptionalInt.of(999), 20, 30));
    return history;
  }

  private static Verdict check(List<Operation<Ask, Answer>> history, long stepsMax) {
    return LinearizabilityChecker.check(new RegisterModel(), history, Budget.ofSteps(stepsMax));
  }

  private static Operation<Ask, Answer> write(int value, long called, long returned) {
    return new Operation<>(
        1, new Ask.Write(value), Optional.of(new Answer.Done()), called, returned);
  }

  private static Operation<Ask, Answer> read(OptionalInt value, long called, long returned) {
    return new Operation<>(
        2, new Ask.Read(), Optional.of(new Answer.Held(value)), called, returned);
  }
}
