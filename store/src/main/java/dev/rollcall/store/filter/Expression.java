package dev.rollcall.store.filter;

import dev.rollcall.store.instance.RegisteredInstance;
import java.util.List;

/** A part of a filter: holds for an instance or does not. */
interface Expression {
  boolean matches(RegisteredInstance instance);

  /** Holds where all of these do; asked in order, up to the first that does not. */
  static Expression all(List<Expression> parts) {
    var each = List.copyOf(parts);
    return each.size() == 1
        ? each.getFirst()
        : instance -> each.stream().allMatch(part -> part.matches(instance));
  }

  /** Holds where one of these does; asked in order, up to the first that does. */
  static Expression any(List<Expression> parts) {
    var each = List.copyOf(parts);
    return each.size() == 1
        ? each.getFirst()
        : instance -> each.stream().anyMatch(part -> part.matches(instance));
  }

  default Expression not() {
    return instance -> !matches(instance);
  }
}
