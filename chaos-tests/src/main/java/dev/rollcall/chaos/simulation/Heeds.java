package dev.rollcall.chaos.simulation;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The kinds of observation that an {@link Invariant} is shown, for the world has thousands a
 * second: all that its code names, as {@code HeedsTest} makes sure. Without it, all there are.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Heeds {
  /** Those kinds. */
  Class<? extends Observation>[] value();
}
