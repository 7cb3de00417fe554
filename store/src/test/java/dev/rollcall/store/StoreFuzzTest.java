package dev.rollcall.store;

import static dev.rollcall.testkit.FuzzTarget.requireEqual;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.store.OrderedStore.Batch;
import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.RegisteredSpec;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.request.Session;
import dev.rollcall.store.snapshot.DamagedSnapshot;
import dev.rollcall.store.snapshot.SnapshotReader;
import dev.rollcall.store.snapshot.SnapshotWriter;
import dev.rollcall.testkit.FuzzTarget;
import dev.rollcall.testkit.FuzzTargets;
import dev.rollcall.testkit.Seeds;
import dev.rollcall.v1.Compare;
import dev.rollcall.v1.CompareResult;
import dev.rollcall.v1.DeleteKeysRequest;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.GrantLeaseRequest;
import dev.rollcall.v1.KeyOperation;
import dev.rollcall.v1.KeyPut;
import dev.rollcall.v1.KeyRange;
import dev.rollcall.v1.PutKeyRequest;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RevokeLeaseRequest;
import dev.rollcall.v1.TransactRequest;
import dev.rollcall.v1.UpdateRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What the store reads from bytes that others wrote: whatever they are, they stand for something,
 * which encodes to what stands for the same again, or they are refused with the exception that is
 * documented.
 */
public final class StoreFuzzTest implements FuzzTargets {
  private static final int COMMANDS = 20;

  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        new FuzzTarget("COMMAND", StoreFuzzTest::command, commands()),
        new FuzzTarget("OUTCOME", StoreFuzzTest::outcome, outcomes()),
        new FuzzTarget("ROW", StoreFuzzTest::row, rows()),
        new FuzzTarget("CHANGES", StoreFuzzTest::changes, changeRows()),
        new FuzzTarget("REQUEST", StoreFuzzTest::request, requests()),
        new FuzzTarget("FILTER", StoreFuzzTest::filter, filters()),
        new FuzzTarget("SNAPSHOT", StoreFuzzTest::snapshot, snapshots()));
  }

  /** {@link CommandCodec}. */
  private static void command(byte[] input) {
    Request request;
    try {
      request = CommandCodec.decode(input);
    } catch (InvalidRequest e) {
      return;
    }
    byte[] encoded = CommandCodec.encode(request);
    requireEqual(request, CommandCodec.decode(encoded));
    requireEqual(encoded, CommandCodec.encode(CommandCodec.decode(encoded)));
  }

  private static List<byte[]> commands() {
    var seeds = new ArrayList<byte[]>();
    var random = Seeds.generator(1);
    for (int i = 0; i < COMMANDS; i++) {
      seeds.add(CommandCodec.encode(CodecProperties.request(random)));
    }
    return seeds;
  }

  /** {@link OutcomeCodec}. */
  private static void outcome(byte[] input) {
    Outcome outcome;
    try {
      outcome = OutcomeCodec.decode(input);
    } catch (IllegalArgumentException e) {
      return;
    }
    requireEqual(outcome, OutcomeCodec.decode(OutcomeCodec.encode(outcome)));
  }

  private static List<byte[]> outcomes() {
    return CodecProperties.outcomes(Seeds.generator(1)).stream().map(OutcomeCodec::encode).toList();
  }

  /** {@link RowCodec}; the first byte says which row. */
  private static void row(byte[] input) {
    byte[] row = rest(input);
    try {
      switch (kind(input, 8)) {
        case 0 -> {
          RegisteredInstance instance = RowCodec.instance(row, Interner.NONE);
          requireEqual(instance, RowCodec.instance(RowCodec.encode(instance), Interner.NONE));
        }
        case 1 -> {
          Lease lease = RowCodec.lease(1, row, List.of());
          requireEqual(lease, RowCodec.lease(1, RowCodec.encode(lease), List.of()));
        }
        case 2 -> {
          Session session = RowCodec.session(1, row);
          requireEqual(
              RowCodec.encode(session),
              RowCodec.encode(RowCodec.session(1, RowCodec.encode(session))));
        }
        case 3 -> {
          RegisteredSpec spec = RowCodec.spec(row);
          requireEqual(spec, RowCodec.spec(RowCodec.encode(spec)));
        }
        case 4 -> {
          var override = RowCodec.override(row);
          requireEqual(
              override, RowCodec.override(RowCodec.encode(override.getKey(), override.getValue())));
        }
        case 5 -> {
          int level = RowCodec.featureLevel(row);
          requireEqual(level, RowCodec.featureLevel(RowCodec.encodeFeatureLevel(level)));
        }
        case 6 -> {
          var key = RowCodec.key(row);
          requireEqual(key, RowCodec.key(RowCodec.encode(key)));
        }
        default -> {
          byte[] counters = RowCodec.encode(RowCodec.counters(row));
          requireEqual(counters, RowCodec.encode(RowCodec.counters(counters)));
        }
      }
    } catch (IllegalArgumentException | UnknownFormat e) {
      return;
    }
  }

  private static List<byte[]> rows() {
    var instance = new RegisteredInstance(new RandomInstances(Seeds.generator(1)).next(), 1, 2, 3);
    return List.of(
        of(0, RowCodec.encode(instance)),
        of(1, RowCodec.encode(new Lease(1, 5_000, "shop", true, List.of()))),
        of(2, RowCodec.encode(new Session(1, 5, 6))),
        of(3, RowCodec.encode(new RegisteredSpec(CodecProperties.spec(Seeds.generator(2)), 1, 2))),
        of(
            4,
            RowCodec.encode(
                new RandomInstances(Seeds.generator(3)).key(),
                CodecProperties.override(Seeds.generator(3)))),
        of(5, RowCodec.encodeFeatureLevel(2)),
        of(
            6,
            RowCodec.encode(
                new KeyEntry("shop", "k/\u00e9", ByteString.copyFromUtf8("v"), 1, 2, 3, 4))),
        of(7, RowCodec.encode(new Counters())));
  }

  /** {@link ChangeCodec}. */
  private static void changes(byte[] input) {
    RevisionChanges decoded;
    try {
      decoded = ChangeCodec.decode(1, input, Interner.NONE);
    } catch (IllegalArgumentException e) {
      return;
    }
    byte[] encoded = CodecProperties.changeRow(decoded.wallMillis(), decoded.changes());
    requireEqual(decoded, ChangeCodec.decode(1, encoded, Interner.NONE));
  }

  private static List<byte[]> changeRows() {
    return List.of(CodecProperties.changeRow(7, CodecProperties.changes(Seeds.generator(2))));
  }

  /** {@link RequestCodec} and {@link InstanceCodec}; the first byte says which request. */
  private static void request(byte[] input) {
    byte[] message = rest(input);
    Request request;
    try {
      request =
          switch (kind(input, 8)) {
            case 0 -> RequestCodec.fromMessage(RegisterRequest.parseFrom(message));
            case 1 -> RequestCodec.fromMessage(UpdateRequest.parseFrom(message));
            case 2 -> RequestCodec.fromMessage(DeregisterRequest.parseFrom(message));
            case 3 -> RequestCodec.fromMessage(GrantLeaseRequest.parseFrom(message));
            case 4 -> RequestCodec.fromMessage(PutKeyRequest.parseFrom(message));
            case 5 -> RequestCodec.fromMessage(DeleteKeysRequest.parseFrom(message));
            case 6 -> RequestCodec.fromMessage(TransactRequest.parseFrom(message));
            default -> RequestCodec.fromMessage(RevokeLeaseRequest.parseFrom(message));
          };
    } catch (InvalidProtocolBufferException | InvalidRequest e) {
      return;
    }
    // What passes the edge passes the log.
    requireEqual(request, CommandCodec.decode(CommandCodec.encode(request)));
  }

  private static List<byte[]> requests() {
    var instances = new RandomInstances(Seeds.generator(3));
    var instance = InstanceCodec.toMessage(instances.next());
    var key = InstanceCodec.toMessage(instances.key());
    return List.of(
        of(
            0,
            RegisterRequest.newBuilder()
                .addInstances(instance)
                .setTtlMillis(5_000)
                .build()
                .toByteArray()),
        of(1, UpdateRequest.newBuilder().setKey(key).setWeight(7).build().toByteArray()),
        of(2, DeregisterRequest.newBuilder().setKey(key).build().toByteArray()),
        of(
            3,
            GrantLeaseRequest.newBuilder()
                .setNamespace("shop")
                .setTtlMillis(5_000)
                .build()
                .toByteArray()),
        of(4, PutKeyRequest.newBuilder().setKey("k").setLeaseId(3).build().toByteArray()),
        of(5, DeleteKeysRequest.newBuilder().setKey("k").setIsPrefix(true).build().toByteArray()),
        of(6, transaction().toByteArray()),
        of(7, RevokeLeaseRequest.newBuilder().setLeaseId(3).build().toByteArray()));
  }

  private static TransactRequest transaction() {
    return TransactRequest.newBuilder()
        .addCompares(
            Compare.newBuilder()
                .setKey("k")
                .setResult(CompareResult.COMPARE_RESULT_LESS)
                .setModRevision(3))
        .addSuccess(KeyOperation.newBuilder().setPut(KeyPut.newBuilder().setKey("k")))
        .addFailure(KeyOperation.newBuilder().setRange(KeyRange.newBuilder().setPrefix("k")))
        .build();
  }

  /** {@link Filter}, its text and what it says of an instance. */
  private static void filter(byte[] input) {
    String text = new String(input, UTF_8);
    Filter filter;
    try {
      filter = Filter.parse(text);
    } catch (InvalidRequest e) {
      if (String.valueOf(e.getMessage()).contains("\n")) {
        throw new AssertionError("refused in more than one line: " + e.getMessage(), e);
      }
      return;
    }
    Filter again = Filter.parse(filter.toString());
    for (var instance : Instanced.ALL) {
      requireEqual(filter.matches(instance), again.matches(instance));
    }
  }

  /** One that a filter may have to do with, and one of the largest. */
  private static final class Instanced {
    static final List<RegisteredInstance> ALL =
        List.of(
            new RegisteredInstance(
                Instances.instance(new RandomInstances(Seeds.generator(4)).key(), 1, 2), 1, 2, 3),
            new RegisteredInstance(new RandomInstances(Seeds.generator(5)).next(), 1, 2, 3));
  }

  private static List<byte[]> filters() {
    return List.of(
            "meta.env == prod and \"v2\" in tags and semver(version) >= 2.3",
            "not (zone is empty or endpoints.web.port != 80)",
            "meta[\"a b\"] matches \"^(a|b)+$\" or service contains `x`",
            "status in [UP, DOWN]")
        .stream()
        .map(text -> text.getBytes(UTF_8))
        .toList();
  }

  /** {@link SnapshotWriter}, of a chunk whose frame is right. */
  private static void snapshot(byte[] input) {
    byte[] framed =
        ByteBuffer.allocate(2 * Integer.BYTES + input.length)
            .putInt(input.length)
            .putInt(crc(input))
            .put(input)
            .array();
    for (byte[] chunk : List.of(framed, input)) {
      var rows = new MemoryOrderedStore();
      var writer = new SnapshotWriter(rows);
      try {
        writer.add(chunk);
      } catch (DamagedSnapshot | UnknownFormat e) {
        continue;
      }
      if (writer.isWhole()) {
        requireEqual(chunk, whole(rows, writer.lastApplied()));
      }
    }
  }

  private static List<byte[]> snapshots() {
    var rows = new MemoryOrderedStore();
    rows.write(
        new Batch(
            List.of(
                new Operation.Put(new byte[] {'c'}, new byte[] {1}),
                new Operation.Put(new byte[] {'d', 1}, new byte[0]))));
    byte[] chunk = whole(rows, 7);
    return List.of(Arrays.copyOfRange(chunk, 2 * Integer.BYTES, chunk.length));
  }

  private static byte[] whole(MemoryOrderedStore rows, long lastApplied) {
    try (var reader = new SnapshotReader(rows.pin(), new byte[0], lastApplied)) {
      return reader.chunk(new byte[0], 1 << 20).bytes();
    }
  }

  private static int crc(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static int kind(byte[] input, int kinds) {
    return input.length == 0 ? 0 : Math.floorMod(input[0], kinds);
  }

  private static byte[] rest(byte[] input) {
    return Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
  }

  private static byte[] of(int kind, byte[] rest) {
    return ByteBuffer.allocate(1 + rest.length).put((byte) kind).put(rest).array();
  }
}
