package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.Message;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One connection in one direction, from its opening to its end, and what is under way on it.
 * Ordered, it delivers a message only after all that were sent before; else each as it arrives.
 */
final class Lane {
  /** What travels apart from what, as in the shipped transport. */
  enum Way {
    FAST(0),
    BULK(1),
    SNAPSHOT(2),
    /** Calls of clients and between servers, and their answers: in no order. */
    CALLS(3);

    /** How many there are. */
    static final int COUNT = 4;

    /** Its place among them, from 0. */
    final int place;

    Way(int place) {
      this.place = place;
    }

    static Way of(Message message) {
      return message instanceof Message.AppendEntries
              || message instanceof Message.AppendEntriesResponse
          ? BULK
          : FAST;
    }
  }

  /** A message under way → held (it came, and waits) → over: delivered or lost. */
  static final class Packet {
    private final Runnable delivery;
    private boolean isHere;
    private boolean isOver;

    private Packet(Runnable delivery) {
      this.delivery = delivery;
    }
  }

  private final ArrayDeque<Packet> underWay = new ArrayDeque<>();
  private final boolean isOrdered;
  private final long opensNanos;
  private int size;
  private boolean isEnded;

  /**
   * @param opensNanos before which nothing can be sent on it
   */
  Lane(boolean isOrdered, long opensNanos) {
    this.isOrdered = isOrdered;
    this.opensNanos = opensNanos;
  }

  boolean isOrdered() {
    return isOrdered;
  }

  boolean isEnded() {
    return isEnded;
  }

  long opensNanos() {
    return opensNanos;
  }

  /** How many are under way. */
  int size() {
    return size;
  }

  Packet add(Runnable delivery) {
    var packet = new Packet(delivery);
    underWay.add(packet);
    size++;
    return packet;
  }

  /** It has come as far as to the receiver's door, which is closed. */
  void hold(Packet packet) {
    packet.isHere = true;
  }

  /** It has come, and the door is open. */
  void arrived(Packet packet) {
    packet.isHere = true;
    if (isOrdered) {
      flow();
    } else {
      finish(packet, true);
      forget();
    }
  }

  /** Whether it was still under way; it is no more. */
  boolean lose(Packet packet) {
    boolean wasUnderWay = !packet.isOver;
    finish(packet, false);
    forget();
    return wasUnderWay;
  }

  /** The door is open: delivers what waits behind nothing that is missing. */
  void flow() {
    if (isOrdered) {
      while (!underWay.isEmpty() && (underWay.peek().isHere || underWay.peek().isOver)) {
        finish(underWay.remove(), true);
      }
      return;
    }
    // Whoever is woken may send on this very lane.
    for (Packet packet : underWay.toArray(new Packet[0])) {
      if (packet.isHere) {
        finish(packet, true);
      }
    }
    forget();
  }

  /**
   * Ends it; what is not lost now arrives yet.
   *
   * @param random draws how many of the first are not lost; null when all are
   * @return how many are lost
   */
  int end(@Nullable RandomGenerator random) {
    isEnded = true;
    int kept = random == null ? 0 : random.nextInt(size + 1);
    int losing = size - kept;
    for (Packet packet : underWay) {
      if (!packet.isOver && kept-- <= 0) {
        finish(packet, false);
      }
    }
    flow();
    return losing;
  }

  private void finish(Packet packet, boolean isDelivered) {
    if (!packet.isOver) {
      packet.isOver = true;
      size--;
      if (isDelivered) {
        packet.delivery.run();
      }
    }
  }

  private void forget() {
    while (!underWay.isEmpty() && underWay.peek().isOver) {
      underWay.remove();
    }
  }
}
