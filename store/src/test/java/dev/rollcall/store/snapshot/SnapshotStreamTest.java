package dev.rollcall.store.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.store.OrderedStore.Batch;
import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.UnknownFormat;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.testkit.Seeds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class SnapshotStreamTest {
  private static final byte[] FIRST_KEY = {'c'};

  private final MemoryOrderedStore source = new MemoryOrderedStore();
  private final MemoryOrderedStore target = new MemoryOrderedStore();
  private final SnapshotWriter writer = new SnapshotWriter(target);

  @Test
  void bringsEveryRowButThoseThatStay() {
    put("b", "stays");
    put("c", "1");
    put("d", "");
    put("s", "3");
    stream(reader(), 1).forEach(chunk -> writer.add(chunk.bytes()));

    assertThat(rows(target)).containsExactly("c=1", "d=", "s=3");
    assertThat(writer.isWhole()).isTrue();
    assertThat(writer.lastApplied()).isEqualTo(7);
  }

  @Test
  void isWholeWithoutAnyRow() {
    stream(reader(), 100).forEach(chunk -> writer.add(chunk.bytes()));

    assertThat(writer.isWhole()).isTrue();
    assertThat(rows(target)).isEmpty();
  }

  @Test
  void isOfOneMomentWhateverIsWrittenMeanwhile() {
    fill(Seeds.generator(1), 50);
    var before = rows(source);
    try (var reader = reader()) {
      byte[] position = {};
      boolean isLast = false;
      while (!isLast) {
        var chunk = reader.chunk(position, 30);
        writer.add(chunk.bytes());
        position = chunk.position();
        isLast = chunk.isLast();
        fill(Seeds.generator(2), 3);
      }
    }
    assertThat(rows(target)).isEqualTo(before);
  }

  @Test
  void givesTheSamePieceForTheSamePositionHoweverOftenItIsAsked() {
    fill(Seeds.generator(3), 20);
    try (var reader = reader()) {
      for (Chunk chunk : stream(reader, 40)) {
        assertThat(stream(reader, 40).stream().anyMatch(again -> same(again, chunk))).isTrue();
      }
    }
  }

  @Test
  void endsInTheSameDigestHoweverItIsCut() {
    fill(Seeds.generator(4), 30);
    try (var reader = reader()) {
      assertThat(end(stream(reader, 1))).isEqualTo(end(stream(reader, 1 << 20)));
    }
  }

  @Test
  void anyPieceThatIsMissingRepeatedOrSwappedIsFound() {
    fill(Seeds.generator(5), 12);
    var chunks = stream(reader(), 1);
    for (int i = 0; i < chunks.size(); i++) {
      var missing = new ArrayList<>(chunks);
      missing.remove(i);
      requireRefused(missing);
      var repeated = new ArrayList<>(chunks);
      repeated.add(i, chunks.get(i));
      requireRefused(repeated);
      var swapped = new ArrayList<>(chunks);
      swapped.set(i, chunks.get((i + 1) % chunks.size()));
      requireRefused(swapped);
    }
  }

  @Test
  void anyByteThatIsChangedIsFound() {
    fill(Seeds.generator(6), 5);
    var chunks = stream(reader(), 1 << 20);
    assertThat(chunks).hasSize(1);
    byte[] right = chunks.getFirst().bytes();
    for (int i = 0; i < right.length; i++) {
      byte[] wrong = right.clone();
      wrong[i] ^= (byte) (1 << (i % 8));
      requireRefused(List.of(new Chunk(wrong, new byte[0], true)));
    }
    requireRefused(List.of(new Chunk(new byte[0], new byte[0], true)));
  }

  /** The chunk's checksum is right, and yet what it says is not what was sent. */
  @Test
  void anotherRowUnderARightChecksumIsFoundByTheDigest() {
    put("c", "1");
    put("d", "2");
    byte[] bytes = stream(reader(), 1 << 20).getFirst().bytes().clone();
    int at = new String(bytes, US_ASCII).indexOf("d2") + 1;
    bytes[at] = '3';
    var crc = new CRC32C();
    crc.update(bytes, Records.FRAME_BYTES, bytes.length - Records.FRAME_BYTES);
    ByteBuffer.wrap(bytes).putInt(Integer.BYTES, (int) crc.getValue());

    assertThatThrownBy(() -> writer.add(bytes))
        .isInstanceOf(DamagedSnapshot.class)
        .hasMessageContaining("digest");
  }

  @Test
  void refusesASnapshotOfALaterVersion() {
    byte[] bytes = stream(reader(), 100).getFirst().bytes().clone();
    ByteBuffer.wrap(bytes).putShort(Records.FRAME_BYTES + 1, (short) (Records.FORMAT + 1));
    var crc = new CRC32C();
    crc.update(bytes, Records.FRAME_BYTES, bytes.length - Records.FRAME_BYTES);
    ByteBuffer.wrap(bytes).putInt(Integer.BYTES, (int) crc.getValue());

    assertThatThrownBy(() -> writer.add(bytes)).isInstanceOf(UnknownFormat.class);
  }

  @Test
  void refusesAPositionThatNobodyGave() {
    try (var reader = reader()) {
      assertThatThrownBy(() -> reader.chunk(new byte[] {1, 2, 3}, 100))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** Old snapshots and backups must stay readable: these bytes never change. */
  @Test
  void hasTheseBytes() {
    put("c", "1");
    var hex = HexFormat.of().formatHex(stream(reader(), 100).getFirst().bytes());

    assertThat(hex)
        .isEqualTo(
            "0000003f" // length of the body
                + "27e98202" // CRC-32C of the body
                + "0100010000000000000007" // header: format 1, as of entry 7
                + "02000000010000000163" // row: key c
                + "31" // value 1
                + "030000000000000001" // end: one row
                + "8350cbd3246fe7fb4603063c3120e9e289764718a9380a8344472c858deee722"); // digest
  }

  private void requireRefused(List<Chunk> chunks) {
    var fresh = new SnapshotWriter(new MemoryOrderedStore());
    assertThatCode(
            () -> {
              chunks.forEach(chunk -> fresh.add(chunk.bytes()));
              if (!fresh.isWhole()) {
                throw new DamagedSnapshot("no end");
              }
            })
        .isInstanceOf(DamagedSnapshot.class);
  }

  private SnapshotReader reader() {
    return new SnapshotReader(source.pin(), FIRST_KEY, 7);
  }

  private static List<Chunk> stream(SnapshotReader reader, int bytesMax) {
    var chunks = new ArrayList<Chunk>();
    byte[] position = {};
    do {
      chunks.add(reader.chunk(position, bytesMax));
      position = chunks.getLast().position();
    } while (!chunks.getLast().isLast());
    return chunks;
  }

  private static boolean same(Chunk one, Chunk other) {
    return HexFormat.of().formatHex(one.bytes()).equals(HexFormat.of().formatHex(other.bytes()))
        && HexFormat.of()
            .formatHex(one.position())
            .equals(HexFormat.of().formatHex(other.position()));
  }

  private static String end(List<Chunk> chunks) {
    var hex = HexFormat.of().formatHex(chunks.getLast().bytes());
    return hex.substring(hex.length() - 2 * Records.END_BYTES);
  }

  private void fill(RandomGenerator random, int rows) {
    for (int i = 0; i < rows; i++) {
      byte[] key = new byte[1 + random.nextInt(6)];
      byte[] value = new byte[random.nextInt(20)];
      random.nextBytes(key);
      random.nextBytes(value);
      key[0] = (byte) ('c' + random.nextInt(16));
      source.write(new Batch(List.of(new Operation.Put(key, value))));
    }
  }

  private void put(String key, String value) {
    source.write(
        new Batch(List.of(new Operation.Put(key.getBytes(US_ASCII), value.getBytes(US_ASCII)))));
  }

  private static List<String> rows(MemoryOrderedStore store) {
    return store.rows().stream()
        .map(row -> new String(row.getKey(), US_ASCII) + "=" + new String(row.getValue(), US_ASCII))
        .toList();
  }
}
