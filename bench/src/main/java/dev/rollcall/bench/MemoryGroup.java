package dev.rollcall.bench;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.LogReader;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Outbound;
import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.raft.core.RaftCore;
import dev.rollcall.raft.core.RaftEvent;
import dev.rollcall.raft.core.RaftEvent.Applied;
import dev.rollcall.raft.core.RaftEvent.Persisted;
import dev.rollcall.raft.core.RaftEvent.Proposal;
import dev.rollcall.raft.core.RaftEvent.Propose;
import dev.rollcall.raft.core.RaftEvent.Receive;
import dev.rollcall.raft.core.RaftEvent.Tick;
import dev.rollcall.raft.core.Ready;
import dev.rollcall.raft.core.Restored;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Cores turned in one thread over disks and a network that take no time. Only what was never let go
 * of in memory can be read back, which is all that a group without failures asks for.
 */
final class MemoryGroup {
  private final List<Node> nodes = new ArrayList<>();

  MemoryGroup(int size) {
    List<Member> members =
        LongStream.rangeClosed(1, size)
            .mapToObj(i -> new Member(new NodeId(0, i), "p" + i, "c" + i))
            .toList();
    var configuration = new ConfigurationAt(0, Configuration.ofVoters(members));
    for (Member member : members) {
      nodes.add(new Node(member.id(), configuration));
    }
  }

  /** The first node becomes leader and commits its no-op. */
  void electFirst() {
    while (nodes.getFirst().durable.lastIndex == 0) {
      nodes.getFirst().core.step(new Tick());
      settle();
    }
  }

  /** Proposes at the first node; returns when all have applied, what they applied last. */
  long propose(List<Proposal> proposals) {
    nodes.getFirst().core.step(new Propose(proposals));
    settle();
    long applied = nodes.getFirst().applied;
    while (nodes.getLast().applied < applied) {
      // The last commit index travels with the next heartbeat.
      nodes.getFirst().core.step(new Tick());
      settle();
    }
    return applied;
  }

  private void settle() {
    boolean busy = true;
    while (busy) {
      busy = false;
      for (Node node : nodes) {
        busy |= node.turn();
      }
    }
  }

  private Node node(NodeId id) {
    return nodes.get((int) id.low() - 1);
  }

  /** One core and what is on its way to it. */
  private final class Node {
    private final NodeId id;
    private final Durable durable = new Durable();
    private final RaftCore core;
    private final Queue<RaftEvent> inbox = new ArrayDeque<>();
    private long applied;

    Node(NodeId id, ConfigurationAt configuration) {
      this.id = id;
      var restored = new Restored(HardState.INITIAL, 0, 0, List.of(configuration));
      var random = new SplittableRandom(id.low());
      core = new RaftCore(id, RaftConfig.DEFAULT, restored, durable, random, event -> {});
    }

    boolean turn() {
      if (inbox.isEmpty() && !core.hasReady()) {
        return false;
      }
      for (RaftEvent event = inbox.poll(); event != null; event = inbox.poll()) {
        core.step(event);
      }
      Ready ready = core.ready();
      ready
          .persist()
          .ifPresent(write -> {
            if (!write.entries().isEmpty()) {
              durable.lastIndex = write.entries().getLast().index();
              durable.lastTerm = write.entries().getLast().term();
            }
            inbox.add(new Persisted(write.sequence()));
          });
      for (Outbound message : ready.toSend()) {
        node(message.to()).inbox.add(new Receive(id, message.message()));
      }
      if (!ready.toApply().isEmpty()) {
        applied = ready.toApply().getLast().index();
        inbox.add(new Applied(applied));
      }
      return true;
    }
  }

  /** How far the log goes, without what is in it. */
  private static final class Durable implements LogReader {
    private long lastIndex;
    private long lastTerm;

    @Override
    public long firstIndex() {
      return 1;
    }

    @Override
    public long lastIndex() {
      return lastIndex;
    }

    @Override
    public long term(long index) {
      return lastTerm; // of one leader
    }

    @Override
    public List<Entry> entries(long from, long to, long bytesMax) {
      throw new IllegalStateException("nothing is read back, but " + from + " to " + to);
    }
  }
}
