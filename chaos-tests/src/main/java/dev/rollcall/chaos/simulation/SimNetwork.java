package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MICROSECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.chaos.simulation.LateMessages.Kept;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.driver.SnapshotMessage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Carries deliveries between numbered places (nodes from 0, clients above) and spoils some. What it
 * may do to messages of nodes depends on its {@link Style}, drawn per seed; calls of clients and
 * between servers are independent of each other in both.
 */
final class SimNetwork {
  /**
   * What kind of network it is.
   *
   * <p>With streams it does what the shipped transport can do. A lane delivers in order and never
   * twice; bad weather makes it stand still until a packet was sent again, or drops a message
   * before it is sent, when the lane is full. When a connection ends, some first part of what was
   * under way arrives, and after a pause a new one is opened. A partition holds what it cuts until
   * it heals, and then either all of it arrives or the connection turns out to be dead.
   *
   * <p>Without streams anything goes, which is what the core promises to bear: each message for
   * itself is lost, delivered twice, overtaken, or delivered again many seconds and terms later.
   *
   * @param hasStreams which of the two
   * @param laneMax messages under way in one lane, at most; one more is dropped
   * @param lateEvery without streams, one message in so many is delivered again much later
   */
  record Style(boolean hasStreams, int laneMax, int lateEvery) {}

  /** What the network does to messages; probabilities are per message. */
  record Weather(double loss, double duplication, long delayMinNanos, long delayMaxNanos) {
    static final Weather FAIR = new Weather(0, 0, 50 * MICROSECOND, 500 * MICROSECOND);
  }

  /** Told when a connection ends that both nodes may have had. */
  interface Endings {
    /** The node at one place sees that its connection to the other is gone. */
    void lost(int at, int peer);
  }

  private static final long RESENT_MIN_NANOS = 200 * MILLISECOND;
  private static final long RESENT_MAX_NANOS = 600 * MILLISECOND;
  private static final long LATE_MIN_NANOS = SECOND / 2;
  private static final long LATE_MAX_NANOS = 15 * SECOND;
  private static final long REOPENED_MIN_NANOS = MILLISECOND;
  private static final long REOPENED_MAX_NANOS = 100 * MILLISECOND;

  private final VirtualTime time;
  private final RandomGenerator random;
  private final Style style;
  private final int places;
  private final boolean[][] cut;
  private final boolean[][] clogged;
  private final @Nullable Lane[] lanes;
  private final LateMessages late = new LateMessages();
  private Endings endings = (at, peer) -> {};
  private Weather weather = Weather.FAIR;
  private long lost;
  private long duplicated;
  private long replayed;

  SimNetwork(VirtualTime time, RandomGenerator random, Style style, int places) {
    this.time = time;
    this.random = random;
    this.style = style;
    this.places = places;
    this.cut = new boolean[places][places];
    this.clogged = new boolean[places][places];
    this.lanes = new Lane[places * places * Lane.Way.COUNT];
  }

  void whenConnectionsEnd(Endings told) {
    endings = told;
  }

  void weather(Weather next) {
    weather = next;
  }

  void cut(int from, int to) {
    cut[from][to] = true;
  }

  /** Cuts both ways. */
  void cutOff(int one, int other) {
    cut(one, other);
    cut(other, one);
  }

  /** Whether nothing comes through in this direction, until somebody ends that. */
  boolean isSilent(int from, int to) {
    return cut[from][to] || clogged[from][to];
  }

  /** Ends all cuts and clogs. */
  void heal() {
    for (int from = 0; from < places; from++) {
      for (int to = 0; to < places; to++) {
        heal(from, to);
      }
    }
  }

  /** Ends what is wrong in this direction. */
  void heal(int from, int to) {
    boolean wasCut = cut[from][to];
    cut[from][to] = false;
    clogged[from][to] = false;
    if (wasCut && style.hasStreams && random.nextBoolean()) {
      reset(from, to, random.nextBoolean());
    }
    flow(from, to);
  }

  /** From now on nothing arrives in this direction, until {@link #unclog} lets all of it come. */
  void clog(int from, int to) {
    clogged[from][to] = true;
  }

  /** What was held arrives at once, in the order in which it came. */
  void unclog(int from, int to) {
    clogged[from][to] = false;
    flow(from, to);
  }

  /**
   * Ends the connections between two places. Of what was under way, some first part of each lane
   * arrives.
   *
   * @param isHidden whether neither end notices
   */
  void reset(int one, int other, boolean isHidden) {
    endAll(one, other, true);
    endAll(other, one, true);
    if (!isHidden) {
      notice(one, other);
      notice(other, one);
    }
  }

  /**
   * A node is gone, and its connections with it. With streams, what was on its way to it never
   * arrives; without, the next life of the node may get it.
   */
  void gone(int gone) {
    for (int other = 0; other < places; other++) {
      if (style.hasStreams) {
        endAll(gone, other, true);
        endAll(other, gone, false);
      }
      notice(other, gone);
    }
  }

  /** One end learns that the connection is gone, unless the network hides that. */
  private void notice(int at, int peer) {
    boolean wasConnected = lanes[slot(peer, at, Lane.Way.FAST)] != null;
    if (wasConnected && !cut[peer][at] && random.nextDouble() >= weather.loss) {
      long delay = random.nextLong(weather.delayMinNanos, weather.delayMaxNanos + 1);
      time.after(delay, () -> endings.lost(at, peer));
    }
  }

  private void endAll(int from, int to, boolean keepsSome) {
    end(from, to, Lane.Way.FAST, keepsSome);
    end(from, to, Lane.Way.BULK, keepsSome);
    end(from, to, Lane.Way.SNAPSHOT, keepsSome);
  }

  boolean hasStreams() {
    return style.hasStreams;
  }

  /**
   * Delivers a message to this place again that was sent long ago. No cut holds it up: it has been
   * on its way since before.
   */
  void replay(int to, RandomGenerator choice) {
    Kept kept = late.pick(to, choice);
    if (kept != null) {
      replayed++;
      time.after(random.nextLong(weather.delayMaxNanos + 1), kept.delivery());
    }
  }

  long lost() {
    return lost;
  }

  long duplicated() {
    return duplicated;
  }

  /** Messages delivered again long after they were sent. */
  long replayed() {
    return replayed;
  }

  /** Carries one call or its answer; {@code delivery} runs at the other place, once or never. */
  void sendOnce(int from, int to, Runnable delivery) {
    if (random.nextDouble() < weather.loss) {
      lost++;
    } else {
      carry(from, to, Lane.Way.CALLS, delivery);
    }
  }

  /** Carries a message of the protocol, as often as the style and the weather say. */
  void send(int from, int to, Message message, Runnable delivery) {
    late.keep(LateMessages.kind(message), new Kept(to, delivery), random);
    send(from, to, Lane.Way.of(message), delivery);
  }

  /** Carries a message about a snapshot, as often as the style and the weather say. */
  void send(int from, int to, SnapshotMessage message, Runnable delivery) {
    late.keep(LateMessages.kind(message), new Kept(to, delivery), random);
    send(from, to, Lane.Way.SNAPSHOT, delivery);
  }

  private void send(int from, int to, Lane.Way way, Runnable delivery) {
    boolean isHit = random.nextDouble() < weather.loss;
    if (isHit && (!style.hasStreams || random.nextBoolean())) {
      lost++;
    } else {
      long resentNanos = isHit ? random.nextLong(RESENT_MIN_NANOS, RESENT_MAX_NANOS) : 0;
      carry(from, to, way, delivery, resentNanos);
    }
    if (style.hasStreams) {
      return;
    }
    if (random.nextDouble() < weather.duplication) {
      duplicated++;
      carry(from, to, way, delivery);
    }
    if (style.lateEvery > 0 && !cut[from][to] && random.nextInt(style.lateEvery) == 0) {
      replayed++;
      // Past all cuts that come later.
      time.after(random.nextLong(LATE_MIN_NANOS, LATE_MAX_NANOS), delivery);
    }
  }

  private void carry(int from, int to, Lane.Way way, Runnable delivery) {
    carry(from, to, way, delivery, 0);
  }

  private void carry(int from, int to, Lane.Way way, Runnable delivery, long moreNanos) {
    Lane lane = lane(from, to, way);
    if (lane.opensNanos() > time.nowNanos() || lane.size() >= style.laneMax) {
      lost++;
      return;
    }
    long delay = random.nextLong(weather.delayMinNanos, weather.delayMaxNanos + 1) + moreNanos;
    if (!lane.isOrdered() && weather.loss > 0 && random.nextInt(50) == 0) {
      delay += random.nextLong(SECOND); // a straggler
    }
    Lane.Packet packet = lane.add(delivery);
    time.after(delay, () -> arrive(from, to, lane, packet));
  }

  private void arrive(int from, int to, Lane lane, Lane.Packet packet) {
    // An ended lane's last messages have the way behind them.
    if (cut[from][to]) {
      boolean isHeld = lane.isOrdered() && !lane.isEnded();
      if (isHeld) {
        lane.hold(packet);
      } else if (lane.lose(packet)) {
        lost++;
      }
    } else if (clogged[from][to] && !lane.isEnded()) {
      lane.hold(packet);
    } else {
      lane.arrived(packet);
    }
  }

  private void flow(int from, int to) {
    for (Lane.Way way : Lane.Way.values()) {
      Lane lane = lanes[slot(from, to, way)];
      if (lane != null) {
        lane.flow();
      }
    }
  }

  private void end(int from, int to, Lane.Way way, boolean keepsSome) {
    int slot = slot(from, to, way);
    Lane lane = lanes[slot];
    if (lane == null) {
      return;
    }
    lost += lane.end(keepsSome ? random : null);
    long opensNanos = time.nowNanos() + random.nextLong(REOPENED_MIN_NANOS, REOPENED_MAX_NANOS);
    lanes[slot] = new Lane(lane.isOrdered(), opensNanos);
  }

  private Lane lane(int from, int to, Lane.Way way) {
    int slot = slot(from, to, way);
    Lane lane = lanes[slot];
    if (lane == null) {
      lane = new Lane(style.hasStreams && way != Lane.Way.CALLS, 0);
      lanes[slot] = lane;
    }
    return lane;
  }

  private int slot(int from, int to, Lane.Way way) {
    return (from * places + to) * Lane.Way.COUNT + way.place;
  }
}
