package dev.rollcall.client.transport;

import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.RegistryException.Unavailable;
import dev.rollcall.client.transport.NodeDirectory.ListedNode;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks nodes up in a directory when somebody wants one and none that is known answers: one lookup
 * at a time, {@link #PAUSE} apart. One that fails leaves what is known as it is.
 */
final class AddressLookup {
  /** From the end of a lookup to the next: a directory is not asked for every failed attempt. */
  static final Duration PAUSE = Duration.ofSeconds(5);

  private static final System.Logger LOG = System.getLogger("dev.rollcall.client");

  private final EventLoop loop;
  private final NodeDirectory directory;
  private final Consumer<List<ListedNode>> found;
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean isUnderWay;
  private boolean isClosed;
  private boolean hasEnded;
  private long endedAtNanos;
  private @Nullable RegistryException failure;

  AddressLookup(EventLoop loop, NodeDirectory directory, Consumer<List<ListedNode>> found) {
    this.loop = loop;
    this.directory = directory;
    this.found = found;
  }

  /** Begins a lookup, unless one is under way or has just been. */
  void start() {
    boolean isTooSoon = hasEnded && loop.nanoTime() - endedAtNanos < PAUSE.toNanos();
    if (directory.equals(NodeDirectory.NONE) || isUnderWay || isTooSoon || isClosed) {
      return;
    }
    isUnderWay = true;
    var unused =
        directory
            .lookUp()
            .whenComplete((nodes, thrown) -> loop.execute(() -> ended(nodes, thrown)));
  }

  private void ended(@Nullable List<ListedNode> nodes, @Nullable Throwable thrown) {
    if (isClosed) {
      return;
    }
    isUnderWay = false;
    hasEnded = true;
    endedAtNanos = loop.nanoTime();
    if (nodes != null) {
      failure = null;
      found.accept(nodes);
    } else {
      failure = asRegistryException(thrown);
      LOG.log(Level.DEBUG, "nodes were not found", failure); // the calls that fail say it aloud
    }
    List<Runnable> released = List.copyOf(waiting);
    waiting.clear();
    released.forEach(Runnable::run);
  }

  private static RegistryException asRegistryException(@Nullable Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    return cause instanceof RegistryException known
        ? known
        : new Unavailable(Reason.UNREACHABLE, "looking up nodes failed: " + cause, cause);
  }

  /** Whether a lookup is under way; only then the task is run, when it is over. */
  boolean whenOver(Runnable task) {
    if (isUnderWay) {
      waiting.add(task);
    }
    return isUnderWay;
  }

  /** Why the last lookup found nothing; null when it found something, or there was none. */
  @Nullable RegistryException failure() {
    return failure;
  }

  /** Looks up no more; who waits hears nothing. */
  void close() {
    isClosed = true;
    waiting.clear();
  }
}
