package dev.rollcall.chaos.check;

import java.util.Arrays;

/**
 * A set of operations, numbered in order of their calls. Almost always all early ones are in it and
 * all late ones are not, so a copy holds only what lies between: long histories cost no more per
 * step than short ones.
 */
final class Chosen {
  private final long[] words;

  /** All words before this one are full. */
  private int fullWords;

  /** All words from this one on are empty. */
  private int usedWords;

  Chosen(int operations) {
    words = new long[operations / Long.SIZE + 1];
  }

  void add(int operation) {
    int word = operation / Long.SIZE;
    words[word] |= 1L << operation;
    usedWords = Math.max(usedWords, word + 1);
    while (fullWords < usedWords && words[fullWords] == -1) {
      fullWords++;
    }
  }

  void remove(int operation) {
    int word = operation / Long.SIZE;
    words[word] &= ~(1L << operation);
    fullWords = Math.min(fullWords, word);
    while (usedWords > 0 && words[usedWords - 1] == 0) {
      usedWords--;
    }
  }

  Copy copy() {
    return new Copy(fullWords, Arrays.copyOfRange(words, fullWords, usedWords));
  }

  /** The set at one moment: a value. */
  static final class Copy {
    private final int fullWords;
    private final long[] rest;

    private Copy(int fullWords, long[] rest) {
      this.fullWords = fullWords;
      this.rest = rest;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Copy that
          && fullWords == that.fullWords
          && Arrays.equals(rest, that.rest);
    }

    @Override
    public int hashCode() {
      return 31 * fullWords + Arrays.hashCode(rest);
    }
  }
}
