package dev.rollcall.chaos.check;

import java.util.Optional;

/**
 * What an object does when operations come one at a time: the specification that a history is held
 * to.
 *
 * @param <S> a state: a value, compared by {@code equals}
 * @param <I> what is asked for
 * @param <O> what is answered
 */
public interface Model<S, I, O> {
  /**
   * The part of the object that an operation is about. Parts do not influence each other, so a
   * history is linearizable when that of each part is (Herlihy and Wing's locality).
   */
  String part(I input);

  /** State of a part before the first operation. */
  S initial();

  /**
   * The state after an operation that gave this answer.
   *
   * @param output empty when nobody knows the answer; whatever it was is accepted then
   * @return empty when this state does not give this answer
   */
  Optional<S> step(S state, I input, Optional<O> output);
}
