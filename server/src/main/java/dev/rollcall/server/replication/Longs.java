package dev.rollcall.server.replication;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** A list of numbers that is an array: a number is boxed only when somebody asks for it. */
final class Longs extends AbstractList<Long> implements RandomAccess {
  private final long[] numbers;

  /** Of an array that does not change any more. */
  Longs(long[] numbers) {
    this.numbers = numbers;
  }

  /** The numbers of a list. */
  static long[] array(List<Long> list) {
    var array = new long[list.size()];
    int count = 0;
    for (long number : list) {
      array[count++] = number;
    }
    return array;
  }

  @Override
  public Long get(int position) {
    return numbers[position];
  }

  @Override
  public int size() {
    return numbers.length;
  }
}
