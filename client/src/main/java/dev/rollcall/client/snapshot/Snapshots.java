package dev.rollcall.client.snapshot;

import com.google.protobuf.ByteString;
import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.RegistryException.Unavailable;
import dev.rollcall.client.RegistryException.WrongCluster;
import dev.rollcall.client.transport.AnswerStream;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.transport.Nodes;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.ResponseHeader;
import dev.rollcall.v1.SaveSnapshotRequest;
import dev.rollcall.v1.SaveSnapshotResponse;
import dev.rollcall.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Saves snapshots into files. Any thread; each call blocks its own. */
public final class Snapshots {
  /** With a node that has begun and falls silent. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EventLoop loop;
  private final Nodes nodes;
  private final Duration callTimeout;

  /**
   * Saves nothing yet.
   *
   * @param callTimeout with each node that is asked, until it begins
   */
  public Snapshots(EventLoop loop, Nodes nodes, Duration callTimeout) {
    this.loop = loop;
    this.nodes = nodes;
    this.callTimeout = callTimeout;
  }

  /**
   * Saves a snapshot of whichever node begins to send one: each is asked once.
   *
   * @param file takes its name only once it is whole, verified and durable
   * @param mayReplace whether one that is there may go
   * @param progress told after each chunk, on this thread
   * @throws java.nio.file.FileAlreadyExistsException when there is a file that may not go
   * @throws IOException when the file cannot be written; nothing is left of it
   * @throws RegistryException when no node sent one, or it broke off; likewise
   */
  public SavedSnapshot save(Path file, boolean mayReplace, Consumer<SnapshotProgress> progress)
      throws IOException {
    try (var writer = BackupWriter.open(file, mayReplace);
        var stream = begin()) {
      return receive(stream, file, writer, progress);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable(Reason.UNREACHABLE, "interrupted", e);
    } catch (DamagedChunk e) {
      throw new Unavailable(Reason.OTHER, "the snapshot arrived damaged: " + e.getMessage(), e);
    }
  }

  /** A stream that has begun, with its first answer. */
  private record Begun(AnswerStream<SaveSnapshotResponse> stream, SaveSnapshotResponse first)
      implements AutoCloseable {
    @Override
    public void close() {
      stream.close();
    }
  }

  private Begun begin() throws InterruptedException {
    int tries = 0;
    while (true) {
      tries++;
      AnswerStream<SaveSnapshotResponse> stream =
          await(
              AnswerStream.open(
                  nodes,
                  ClusterGrpc.getSaveSnapshotMethod(),
                  SaveSnapshotRequest.getDefaultInstance()));
      try {
        return new Begun(stream, first(stream));
      } catch (Unavailable e) {
        stream.close();
        if (tries >= onLoop(nodes::usableCount)) {
          throw e;
        }
      } catch (RegistryException | InterruptedException e) {
        stream.close();
        throw e;
      }
    }
  }

  private SaveSnapshotResponse first(AnswerStream<SaveSnapshotResponse> stream)
      throws InterruptedException {
    Optional<SaveSnapshotResponse> first = stream.next(callTimeout);
    if (first.isEmpty() || !first.get().hasManifest()) {
      throw new Unavailable(Reason.OTHER, stream.address() + " sent no manifest", null);
    }
    ResponseHeader header = first.get().getHeader();
    Optional<WrongCluster> wrong = onLoop(() -> nodes.pin().check(header, stream.address()));
    if (wrong.isPresent()) {
      throw wrong.get();
    }
    return first.get();
  }

  private SavedSnapshot receive(
      Begun begun, Path file, BackupWriter writer, Consumer<SnapshotProgress> progress)
      throws IOException, InterruptedException, DamagedChunk {
    SnapshotManifest manifest = begun.first.getManifest();
    writer.header(manifest.toByteArray());
    var check = new ChunkCheck();
    long bytes = 0;
    Optional<SaveSnapshotResponse> next = begun.stream.next(PATIENCE);
    while (next.isPresent()) {
      byte[] chunk = next.get().getChunk().toByteArray();
      check.add(chunk);
      writer.write(chunk);
      bytes += chunk.length;
      progress.accept(new SnapshotProgress(check.rows(), manifest.getRowsEstimate(), bytes));
      next = begun.stream.next(PATIENCE);
    }
    if (!check.isWhole()) {
      throw new DamagedChunk("it has no end");
    }
    return new SavedSnapshot(
        file,
        hex(manifest.getClusterId()),
        hex(manifest.getHistoryId()),
        hex(manifest.getNodeId()),
        manifest.getRevision(),
        manifest.getAppliedIndex(),
        Instant.ofEpochMilli(manifest.getWallMillis()),
        check.rows(),
        writer.complete());
  }

  private <T> T onLoop(Supplier<T> question) throws InterruptedException {
    var answer = new CompletableFuture<T>();
    loop.execute(() -> answer.complete(question.get()));
    return await(answer);
  }

  private <T> T await(CompletableFuture<T> answer) throws InterruptedException {
    try {
      return loop.await(answer, callTimeout);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RegistryException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new Unavailable(Reason.OTHER, "the client was closed", e);
    }
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }
}
