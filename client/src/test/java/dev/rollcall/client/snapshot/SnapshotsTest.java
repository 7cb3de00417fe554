package dev.rollcall.client.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.fake.Refusals;
import dev.rollcall.testkit.Seeds;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.ResponseHeader;
import dev.rollcall.v1.SaveSnapshotRequest;
import dev.rollcall.v1.SaveSnapshotResponse;
import dev.rollcall.v1.SnapshotManifest;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is there once it is whole, and nothing of it before. */
class SnapshotsTest {
  private static final ByteString ID = ByteString.copyFrom(new byte[16]);

  @TempDir Path directory;

  private final List<Server> servers = new ArrayList<>();
  private final List<byte[]> chunks = chunks(5);

  @AfterEach
  void stop() {
    servers.forEach(Server::shutdownNow);
  }

  @Test
  void whatIsSentIsInTheFileBehindTheManifest() throws Exception {
    start("a", call -> send(call, chunks));
    Path file = directory.resolve("backup");
    var told = new ArrayList<SnapshotProgress>();
    SavedSnapshot saved;
    try (RegistryClient client = client("a:1")) {
      saved = client.saveSnapshot(file, false, told::add);
    }
    byte[] manifest = manifest().toByteArray();
    var expected = ByteBuffer.allocate((int) Files.size(file));
    expected.put("ROLLCALL".getBytes(US_ASCII)).putShort((short) 1).putInt(manifest.length);
    var crc = new CRC32C();
    crc.update(expected.array(), 0, expected.position());
    crc.update(manifest);
    expected.putInt((int) crc.getValue()).put(manifest);
    chunks.forEach(expected::put);
    assertThat(expected.hasRemaining()).isFalse();
    assertThat(Files.readAllBytes(file)).isEqualTo(expected.array());
    assertThat(saved.rows()).isEqualTo(5);
    assertThat(saved.revision()).isEqualTo(7);
    assertThat(saved.bytes()).isEqualTo(Files.size(file));
    assertThat(told).hasSize(chunks.size());
    assertThat(told.get(told.size() - 1).rows()).isEqualTo(5);
    assertThat(told.get(told.size() - 1).rowsEstimate()).isEqualTo(6);
    assertThat(directory.toFile().list()).containsExactly("backup");
  }

  @Test
  void aFlippedBitAnywhereInTheChunksIsFound() throws Exception {
    Seeds.one(
        1,
        random -> {
          for (int number = 0; number < chunks.size(); number++) {
            for (int at = 0; at < chunks.get(number).length; at++) {
              var check = new ChunkCheck();
              byte[] damaged = chunks.get(number).clone();
              damaged[at] ^= (byte) (1 << random.nextInt(8));
              for (byte[] before : chunks.subList(0, number)) {
                check.add(before);
              }
              assertThatThrownBy(() -> check.add(damaged)).isInstanceOf(DamagedChunk.class);
            }
          }
        });
  }

  @Test
  void whatArrivesDamagedBrokenOffOrWithoutItsEndLeavesNothing() throws Exception {
    var swapped = new ArrayList<>(chunks);
    swapped.set(1, chunks.get(2));
    start("a", call -> send(call, swapped));
    start("b", call -> send(call, chunks.subList(0, 3)));
    start(
        "c",
        call -> {
          call.onNext(first());
          call.onNext(SaveSnapshotResponse.newBuilder().setChunk(of(chunks.get(0))).build());
          call.onError(Status.UNAVAILABLE.asRuntimeException());
        });
    for (String node : List.of("a:1", "b:1", "c:1")) {
      try (RegistryClient client = client(node)) {
        assertThatThrownBy(
                () -> client.saveSnapshot(directory.resolve("backup"), true, SnapshotsTest::quiet))
            .isInstanceOf(RegistryException.Unavailable.class);
      }
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void aNodeThatCannotIsPassedBy() throws Exception {
    start("a", call -> call.onError(Refusals.of(ErrorReason.OVERLOADED, "busy")));
    start("b", call -> call.onError(Status.UNAVAILABLE.asRuntimeException()));
    start("c", call -> send(call, chunks));
    try (RegistryClient client = client("a:1,b:1,c:1")) {
      assertThat(
              client.saveSnapshot(directory.resolve("backup"), false, SnapshotsTest::quiet).rows())
          .isEqualTo(5);
    }
  }

  @Test
  void aFileThatIsThereStaysUnlessItMayGo() throws Exception {
    start("a", call -> send(call, chunks));
    Path file = Files.writeString(directory.resolve("backup"), "mine");
    try (RegistryClient client = client("a:1")) {
      assertThatThrownBy(() -> client.saveSnapshot(file, false, SnapshotsTest::quiet))
          .isInstanceOf(FileAlreadyExistsException.class);
      assertThat(file).hasContent("mine");
      assertThat(client.saveSnapshot(file, true, SnapshotsTest::quiet).bytes())
          .isEqualTo(Files.size(file));
      assertThatThrownBy(
              () -> client.saveSnapshot(directory.resolve("no/file"), true, SnapshotsTest::quiet))
          .isInstanceOf(IOException.class);
    }
    assertThat(directory.toFile().list()).containsExactly("backup");
  }

  private RegistryClient client(String endpoints) {
    return RegistryClient.builder()
        .endpoints(endpoints)
        .discoverMembers(false)
        .channels(
            endpoint -> InProcessChannelBuilder.forName(name(endpoint.split(":", 2)[0])).build())
        .build();
  }

  private void start(String node, Consumer<StreamObserver<SaveSnapshotResponse>> answer)
      throws IOException {
    servers.add(
        InProcessServerBuilder.forName(name(node))
            .addService(
                new ClusterGrpc.ClusterImplBase() {
                  @Override
                  public void saveSnapshot(
                      SaveSnapshotRequest request, StreamObserver<SaveSnapshotResponse> call) {
                    answer.accept(call);
                  }
                })
            .build()
            .start());
  }

  /** Of this test alone: servers of others in the process have names too. */
  private String name(String node) {
    return node + directory;
  }

  private static void send(StreamObserver<SaveSnapshotResponse> call, List<byte[]> chunks) {
    call.onNext(first());
    chunks.forEach(
        chunk -> call.onNext(SaveSnapshotResponse.newBuilder().setChunk(of(chunk)).build()));
    call.onCompleted();
  }

  private static SaveSnapshotResponse first() {
    return SaveSnapshotResponse.newBuilder()
        .setHeader(ResponseHeader.newBuilder().setClusterId(ID).setHistoryId(ID))
        .setManifest(manifest())
        .build();
  }

  private static SnapshotManifest manifest() {
    return SnapshotManifest.newBuilder()
        .setClusterId(ID)
        .setHistoryId(ID)
        .setNodeId(ID)
        .setRevision(7)
        .setAppliedIndex(9)
        .setRowsEstimate(6)
        .build();
  }

  private static void quiet(SnapshotProgress progress) {}

  private static ByteString of(byte[] bytes) {
    return ByteString.copyFrom(bytes);
  }

  /** A snapshot of so many rows, a chunk for each record, as docs/backup.md has it. */
  private static List<byte[]> chunks(int rows) {
    var chunks = new ArrayList<byte[]>();
    byte[] header = ByteBuffer.allocate(11).put((byte) 1).putShort((short) 1).putLong(9).array();
    chunks.add(framed(header));
    byte[] digest = sha256(header);
    for (int number = 0; number < rows; number++) {
      byte[] row =
          ByteBuffer.allocate(9 + 2 + 3)
              .put((byte) 2)
              .putInt(2)
              .putInt(3)
              .put(new byte[] {'k', (byte) number})
              .put("abc".getBytes(US_ASCII))
              .array();
      chunks.add(framed(row));
      digest = sha256(digest, row);
    }
    chunks.add(framed(ByteBuffer.allocate(41).put((byte) 3).putLong(rows).put(digest).array()));
    return chunks;
  }

  private static byte[] framed(byte[] body) {
    var crc = new CRC32C();
    crc.update(body);
    return ByteBuffer.allocate(8 + body.length)
        .putInt(body.length)
        .putInt((int) crc.getValue())
        .put(body)
        .array();
  }

  private static byte[] sha256(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    try {
      return MessageDigest.getInstance("SHA-256").digest(all.toByteArray());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
