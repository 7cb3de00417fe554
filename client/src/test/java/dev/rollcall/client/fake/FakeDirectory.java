package dev.rollcall.client.fake;

import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException.Unavailable;
import dev.rollcall.client.transport.NodeDirectory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** A directory that says what the test says, after a while. */
public final class FakeDirectory implements NodeDirectory {
  private final VirtualLoop loop;
  private Duration delay = Duration.ofMillis(20);
  private List<ListedNode> nodes = List.of();
  private String failure = "";
  private int lookups;

  public FakeDirectory(VirtualLoop loop) {
    this.loop = loop;
  }

  /** From now on it lists these; the first is preferred to the rest. */
  public FakeDirectory lists(String... addresses) {
    failure = "";
    nodes =
        IntStream.range(0, addresses.length)
            .mapToObj(i -> new ListedNode(addresses[i], Math.min(i, 1)))
            .toList();
    return this;
  }

  /** From now on it fails. */
  public FakeDirectory fails(String why) {
    failure = why;
    return this;
  }

  /** How long a lookup takes that begins later. */
  public void takes(Duration value) {
    delay = value;
  }

  /** How often it was asked. */
  public int lookups() {
    return lookups;
  }

  @Override
  public CompletableFuture<List<ListedNode>> lookUp() {
    lookups++;
    var answer = new CompletableFuture<List<ListedNode>>();
    List<ListedNode> found = nodes;
    String why = failure;
    loop.schedule(
        delay,
        () -> {
          if (why.isEmpty()) {
            answer.complete(found);
          } else {
            answer.completeExceptionally(new Unavailable(Reason.UNREACHABLE, why, null));
          }
        });
    return answer;
  }
}
