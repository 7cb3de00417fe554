package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Ready.RefusalReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What listeners heard, as texts in the order they heard it. */
final class Heard {
  private final List<String> texts = new ArrayList<>();

  ProposalListener<String> proposal(String name) {
    return new ProposalListener<>() {
      @Override
      public void applied(long index, String result) {
        texts.add(name + " applied " + result);
      }

      @Override
      public void refused(RefusalReason reason, Optional<NodeId> leader) {
        String hint = leader.map(id -> " leader " + id.low()).orElse("");
        texts.add(name + " refused " + reason + hint);
      }

      @Override
      public void lost() {
        texts.add(name + " lost");
      }
    };
  }

  ReadListener read(String name) {
    return new ReadListener() {
      @Override
      public void ready() {
        texts.add(name + " ready");
      }

      @Override
      public void failed() {
        texts.add(name + " failed");
      }
    };
  }

  List<String> texts() {
    return List.copyOf(texts);
  }
}
