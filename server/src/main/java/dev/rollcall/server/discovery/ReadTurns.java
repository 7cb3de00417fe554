package dev.rollcall.server.discovery;

import dev.rollcall.server.api.EventLoops;
import dev.rollcall.server.replication.LinearizableRead;
import dev.rollcall.server.replication.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/**
 * Linearizable lookups on their way to the registry and back. Those that arrive in one turn of an
 * event loop ask with one question at its end, and are answered in one task on the same loop, on
 * which their connections are: to wake a thread, three times a question, costs as much as several
 * lookups. Any thread; what comes from another than the event loops asks at once.
 */
final class ReadTurns {
  private final BiConsumer<List<LinearizableRead>, Executor> registry;
  private final EventLoops loops;
  private final ConcurrentHashMap<Executor, Turn> turns = new ConcurrentHashMap<>();

  /**
   * @param registry {@link Registry#readTogether}
   */
  ReadTurns(BiConsumer<List<LinearizableRead>, Executor> registry, EventLoops loops) {
    this.registry = registry;
    this.loops = loops;
  }

  /** Asks when this turn of the loop ends. */
  void add(LinearizableRead read) {
    loops
        .current()
        .ifPresentOrElse(
            loop -> turns.computeIfAbsent(loop, Turn::new).add(read),
            () -> registry.accept(List.of(read), loops.executor()));
  }

  /** Of one loop; touched by its thread alone. */
  private final class Turn {
    private final Executor loop;
    private List<LinearizableRead> arrived = new ArrayList<>();

    Turn(Executor loop) {
      this.loop = loop;
    }

    void add(LinearizableRead read) {
      if (arrived.isEmpty()) {
        // A loop runs tasks after everything that its connections had to read.
        loop.execute(this::end);
      }
      arrived.add(read);
    }

    private void end() {
      List<LinearizableRead> together = arrived;
      arrived = new ArrayList<>();
      registry.accept(together, loop);
    }
  }
}
