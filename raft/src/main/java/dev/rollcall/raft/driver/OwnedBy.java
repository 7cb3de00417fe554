package dev.rollcall.raft.driver;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says which thread owns a mutable class; an {@link Owner} inside holds it to that. */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.SOURCE)
@interface OwnedBy {
  /** Name of the thread: {@code raft}, {@code log} or {@code apply}. */
  String value();
}
