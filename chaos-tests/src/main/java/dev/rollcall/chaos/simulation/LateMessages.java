package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.driver.SnapshotMessage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A sample of all messages that were sent, a few of each kind, so that rare ones are there too.
 * Delivered again long afterwards, they are answers to older requests and words of older terms.
 */
final class LateMessages {
  private static final int KINDS = 15;
  private static final int OF_EACH_KIND = 24;
  private static final int KEPT_EVERY = 8;

  /** One of them. */
  record Kept(int to, Runnable delivery) {}

  private final @Nullable Kept[] kept = new Kept[KINDS * OF_EACH_KIND];
  private final int[] seen = new int[KINDS];

  /** Takes it into the sample or not; the first ones of each kind always. */
  void keep(int kind, Kept message, RandomGenerator random) {
    int place = seen[kind]++;
    if (place >= OF_EACH_KIND) {
      if (place % KEPT_EVERY != 0) {
        return;
      }
      place = random.nextInt(OF_EACH_KIND);
    }
    kept[kind * OF_EACH_KIND + place] = message;
  }

  /** One that went to this place, of a random kind; null when luck found none. */
  @Nullable Kept pick(int to, RandomGenerator random) {
    int start = random.nextInt(KINDS) * OF_EACH_KIND;
    int first = random.nextInt(OF_EACH_KIND);
    for (int i = 0; i < OF_EACH_KIND; i++) {
      Kept found = kept[start + (first + i) % OF_EACH_KIND];
      if (found != null && found.to == to) {
        return found;
      }
    }
    return null;
  }

  static int kind(Message message) {
    return switch (message) {
      case Message.PreVote it -> 0;
      case Message.PreVoteResponse it -> 1;
      case Message.RequestVote it -> 2;
      case Message.RequestVoteResponse it -> 3;
      case Message.AppendEntries it -> 4;
      case Message.AppendEntriesResponse it -> 5;
      case Message.Heartbeat it -> 6;
      case Message.HeartbeatResponse it -> 7;
      case Message.TimeoutNow it -> 8;
      case Message.ReadIndexRequest it -> 9;
      case Message.InstallSnapshot it -> 10;
      case Message.ReadIndexResponse it -> 11;
    };
  }

  static int kind(SnapshotMessage message) {
    return switch (message) {
      case SnapshotMessage.FetchSnapshot it -> 12;
      case SnapshotMessage.SnapshotChunk it -> 13;
      case SnapshotMessage.SnapshotGone it -> 14;
    };
  }
}
