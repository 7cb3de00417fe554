package dev.rollcall.chaos.check;

import dev.rollcall.chaos.check.RegisterModel.Answer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/** Histories of a register and of keys, from random numbers. */
final class RandomHistories {
  private final Random random;

  RandomHistories(Random random) {
    this.random = random;
  }

  /** Of a register of few values, with answers that are often wrong. */
  List<Operation<RegisterModel.Ask, Answer>> register(int operations) {
    var history = new ArrayList<Operation<RegisterModel.Ask, Answer>>();
    for (int client = 0; client < operations; client++) {
      var ask = registerAsk(random.nextInt(3));
      Answer answer =
          switch (ask) {
            case RegisterModel.Ask.Read read ->
                new Answer.Held(
                    random.nextInt(4) == 0
                        ? OptionalInt.empty()
                        : OptionalInt.of(random.nextInt(3)));
            case RegisterModel.Ask.Write write -> new Answer.Done();
            case RegisterModel.Ask.CompareAndSet compare ->
                random.nextBoolean() ? new Answer.Done() : new Answer.Differs();
          };
      history.add(operation(client, ask, answer));
    }
    return history;
  }

  /** Of two keys, with answers that are often wrong. */
  List<Operation<KeyValueModel.Ask, String>> keys(int operations) {
    var history = new ArrayList<Operation<KeyValueModel.Ask, String>>();
    for (int client = 0; client < operations; client++) {
      String key = random.nextInt(3) == 0 ? "b" : "a";
      String value = List.of("", "x", "y", "xy", "yx").get(random.nextInt(5));
      var ask =
          switch (random.nextInt(4)) {
            case 0 -> new KeyValueModel.Ask.Put(key, value);
            case 1 -> new KeyValueModel.Ask.Append(key, random.nextBoolean() ? "x" : "y");
            default -> new KeyValueModel.Ask.Get(key);
          };
      history.add(operation(client, ask, ask instanceof KeyValueModel.Ask.Get ? value : ""));
    }
    return history;
  }

  /**
   * Of a register in which each write has a value of its own, from 1 to the number of operations;
   * linearizable, for it is made by taking effect at moments between calls and returns.
   */
  List<Operation<RegisterModel.Ask, Answer>> linearizable(int operations) {
    var model = new RegisterModel();
    var state = OptionalInt.empty();
    var history = new ArrayList<Operation<RegisterModel.Ask, Answer>>();
    for (int number = 1; number <= operations; number++) {
      var ask =
          random.nextBoolean() ? new RegisterModel.Ask.Read() : new RegisterModel.Ask.Write(number);
      Answer answer =
          ask instanceof RegisterModel.Ask.Read ? new Answer.Held(state) : new Answer.Done();
      state = model.step(state, ask, Optional.of(answer)).orElseThrow();
      long moment = 10L * number;
      history.add(
          new Operation<>(
              number,
              ask,
              Optional.of(answer),
              moment - random.nextInt(60),
              moment + random.nextInt(60)));
    }
    Collections.shuffle(history, random);
    return history;
  }

  private RegisterModel.Ask registerAsk(int value) {
    return switch (random.nextInt(4)) {
      case 0 -> new RegisterModel.Ask.Write(value);
      case 1 -> new RegisterModel.Ask.CompareAndSet(value, random.nextInt(3));
      default -> new RegisterModel.Ask.Read();
    };
  }

  /** One in six has no outcome; moments are few, so that many meet. */
  private <I, O> Operation<I, O> operation(int client, I ask, O answer) {
    int called = random.nextInt(12);
    return random.nextInt(6) == 0
        ? new Operation<>(client, ask, Optional.empty(), called, Operation.NEVER)
        : new Operation<>(client, ask, Optional.of(answer), called, called + random.nextInt(8));
  }
}
