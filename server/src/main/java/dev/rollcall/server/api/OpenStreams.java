package dev.rollcall.server.api;

import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Streams under way, so that a stopping node can end them all. Any thread. */
public final class OpenStreams {
  private final Set<Consumer<StatusRuntimeException>> enders = ConcurrentHashMap.newKeySet();

  /** Takes a stream in; {@code end} is called at most once, with the status to end with. */
  public void add(Consumer<StatusRuntimeException> end) {
    enders.add(end);
  }

  /** Forgets a stream that ended by itself. */
  public void remove(Consumer<StatusRuntimeException> end) {
    enders.remove(end);
  }

  /** Streams under way. */
  public int count() {
    return enders.size();
  }

  /** Ends all. */
  public void endAll(StatusRuntimeException status) {
    for (Consumer<StatusRuntimeException> end : List.copyOf(enders)) {
      if (enders.remove(end)) {
        end.accept(status);
      }
    }
  }
}
