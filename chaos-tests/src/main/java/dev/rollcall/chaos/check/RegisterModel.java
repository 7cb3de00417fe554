package dev.rollcall.chaos.check;

import java.util.Optional;
import java.util.OptionalInt;

/** One register that is read, written, and compared and set; empty at first. */
final class RegisterModel implements Model<OptionalInt, RegisterModel.Ask, RegisterModel.Answer> {
  /** What is asked of a register. */
  sealed interface Ask {
    /** What does it hold? */
    record Read() implements Ask {}

    /** Let it hold this. */
    record Write(int value) implements Ask {}

    /** Let it hold another value if it holds this one. */
    record CompareAndSet(int expected, int value) implements Ask {}
  }

  /** What a register answers. */
  sealed interface Answer {
    /** To a read. */
    record Held(OptionalInt value) implements Answer {}

    /** To a write, or a comparison that found what it expected. */
    record Done() implements Answer {}

    /** To a comparison that found something else. */
    record Differs() implements Answer {}
  }

  @Override
  public String part(Ask input) {
    return "";
  }

  @Override
  public OptionalInt initial() {
    return OptionalInt.empty();
  }

  @Override
  public Optional<OptionalInt> step(OptionalInt state, Ask input, Optional<Answer> output) {
    return switch (input) {
      case Ask.Read() -> after(state, output, new Answer.Held(state));
      case Ask.Write(int value) -> after(OptionalInt.of(value), output, new Answer.Done());
      case Ask.CompareAndSet(int expected, int value) ->
          state.equals(OptionalInt.of(expected))
              ? after(OptionalInt.of(value), output, new Answer.Done())
              : after(state, output, new Answer.Differs());
    };
  }

  private static Optional<OptionalInt> after(
      OptionalInt state, Optional<Answer> heard, Answer given) {
    return heard.isEmpty() || heard.get().equals(given) ? Optional.of(state) : Optional.empty();
  }
}
