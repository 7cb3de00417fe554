package dev.rollcall.store.filter;

/**
 * A word of a filter.
 *
 * @param text as it stands for itself: a quoted one without its quotes
 * @param position of its first character in the filter, from 1
 */
record Token(Kind kind, String text, int position) {
  /** What it can be. */
  enum Kind {
    /** A name, a number, a value without quotes, or a keyword. */
    WORD,
    /** A value in quotes. */
    QUOTED,
    /** One of {@code == != < <= > >= ( ) [ ]}. */
    SYMBOL,
    /** Behind the last. */
    END
  }

  boolean is(Kind wanted, String what) {
    return kind == wanted && text.equals(what);
  }

  boolean isValue() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }

  @Override
  public String toString() {
    return switch (kind) {
      case END -> "the end";
      case QUOTED -> '"' + text + '"';
      case WORD, SYMBOL -> "'" + text + "'";
    };
  }
}
