package dev.rollcall.raft.log;

import java.util.Arrays;

/**
 * Term of every entry, as runs of equal terms: terms never fall along a log, so there are as many
 * runs as elections. Immutable; adding an entry of the last term returns the same object.
 */
final class TermRuns {
  private final long[] firstIndexes;
  private final long[] terms;

  private TermRuns(long[] firstIndexes, long[] terms) {
    this.firstIndexes = firstIndexes;
    this.terms = terms;
  }

  /** Holds one index, that of the entry before the first. */
  static TermRuns startingAt(long index, long term) {
    return new TermRuns(new long[] {index}, new long[] {term});
  }

  /** Adds the entry at the index after the last one. */
  TermRuns with(long index, long term) {
    int runs = terms.length;
    if (terms[runs - 1] == term) {
      return this;
    }
    long[] longerIndexes = Arrays.copyOf(firstIndexes, runs + 1);
    long[] longerTerms = Arrays.copyOf(terms, runs + 1);
    longerIndexes[runs] = index;
    longerTerms[runs] = term;
    return new TermRuns(longerIndexes, longerTerms);
  }

  /** Drops every entry from {@code index} on, which is above the first. */
  TermRuns before(long index) {
    int runs = terms.length;
    while (firstIndexes[runs - 1] >= index) {
      runs--;
    }
    return runs == terms.length
        ? this
        : new TermRuns(Arrays.copyOf(firstIndexes, runs), Arrays.copyOf(terms, runs));
  }

  /** Drops every entry before {@code index}, which is in the log or the one before its first. */
  TermRuns from(long index) {
    int run = run(index);
    long[] laterIndexes = Arrays.copyOfRange(firstIndexes, run, firstIndexes.length);
    laterIndexes[0] = index;
    return new TermRuns(laterIndexes, Arrays.copyOfRange(terms, run, terms.length));
  }

  long lastTerm() {
    return terms[terms.length - 1];
  }

  /** Term of the entry at {@code index}, which the caller has found to be in the log. */
  long term(long index) {
    return terms[run(index)];
  }

  private int run(long index) {
    int found = Arrays.binarySearch(firstIndexes, index);
    return found >= 0 ? found : -found - 2;
  }
}
