package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.ProposalApplied;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.driver.ProposalListener;
import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import java.util.Optional;

/**
 * Many commands at once, all different, that change nothing: they make a log long that clients, who
 * wait for their answers, leave short.
 */
final class Burst {
  private static final InstanceKey NOBODY =
      new InstanceKey(new ServiceKey("simulation", "service-0"), "nobody");

  private final World world;
  private long commands;

  Burst(World world) {
    this.world = world;
  }

  /** Proposes so many to a node that runs. */
  void propose(SimNode node, int count) {
    var raft = node.requireLife().registry().node();
    for (int i = 0; i < count; i++) {
      commands++;
      var request = Request.of(new Command.Deregister(NOBODY, commands));
      Payload command = Payload.wrap(CommandCodec.encode(request));
      raft.propose(command, new Told(node.number(), command));
    }
  }

  /** The same to one that may be down. */
  void proposeIfUp(SimNode node, int count) {
    if (node.life() != null) {
      propose(node, count);
    }
  }

  private final class Told implements ProposalListener<Outcome> {
    private final int node;
    private final Payload command;

    Told(int node, Payload command) {
      this.node = node;
      this.command = command;
    }

    @Override
    public void applied(long index, Outcome result) {
      world.see(new ProposalApplied(node, index, command));
    }

    @Override
    public void refused(RefusalReason reason, Optional<NodeId> leader) {}

    @Override
    public void lost() {}
  }
}
