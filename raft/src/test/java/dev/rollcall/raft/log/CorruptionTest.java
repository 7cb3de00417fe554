package dev.rollcall.raft.log;

import static dev.rollcall.raft.log.Fixtures.SMALL;
import static dev.rollcall.raft.log.Fixtures.commands;
import static dev.rollcall.raft.log.Fixtures.term;
import static dev.rollcall.raft.log.Fixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.log.Disk.DiskFile;
import dev.rollcall.raft.log.WrittenLog.Place;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.testkit.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Damage to what was acknowledged is never taken for a torn write, and never passed over. */
final class CorruptionTest {
  /** Three segments: two sealed, and a tail whose last group of batches nobody vouches for. */
  private static WrittenLog threeSegments() throws IOException {
    var written = new WrittenLog(SMALL);
    long index = 2;
    while (written.disk().list().size() < 3) {
      written.append(commands(1, index, "entry " + index), commands(1, index + 1, "x"));
      written.append(write(term(1), index)).force();
      index += 2;
    }
    return written
        .append(commands(2, index, "a"))
        .force()
        .append(commands(3, index, "b", "c"), write(term(4), index))
        .force()
        .append(commands(4, index + 2, "d"), commands(5, index + 2, "e"))
        .leaveUntold();
  }

  @Test
  void everyFlippedBitOfWhatWasForcedIsFound() throws IOException {
    WrittenLog written = threeSegments();
    List<Place> places = written.places();
    long vouchedFor = places.getLast().header().durable().sequence();
    assertThat(vouchedFor).isEqualTo(places.size() - 2);
    String tail = places.getLast().file();
    Seeds.one(
        1,
        random -> {
          for (String file : written.disk().list()) {
            long end = endOf(places, file);
            for (long at = 0; at < end; at++) {
              MemoryDisk disk = written.disk();
              disk.corrupt(file, at, 1 << random.nextInt(8));
              long hit = sequenceAt(places, file, at);
              if (file.equals(tail) && hit > vouchedFor) {
                assertThat(written.read(disk)).isEqualTo(written.state(hit - 1));
              } else {
                assertThatExceptionOfType(CorruptLog.class)
                    .as("%s at %d", file, at)
                    .isThrownBy(() -> written.read(disk));
              }
            }
          }
        });
  }

  @Test
  void aRestartVouchesForEverythingItHasFound() throws IOException {
    WrittenLog written = threeSegments().restart();
    for (Place place : written.places()) {
      MemoryDisk disk = written.disk();
      disk.corrupt(place.file(), place.end() - 1, 1);
      assertThatExceptionOfType(CorruptLog.class).isThrownBy(() -> written.read(disk));
    }
  }

  @Test
  void whatLiesBehindTheEndDoesNotMatter() throws IOException {
    WrittenLog written = threeSegments();
    List<Place> places = written.places();
    for (String file : written.disk().list()) {
      long end = endOf(places, file);
      MemoryDisk disk = written.disk();
      disk.corrupt(file, end, 0xff);
      disk.corrupt(file, end + 9, 0x55);
      assertThat(written.read(disk)).isEqualTo(written.last());
    }
  }

  @Test
  void saysWhereWhatAndWhatToDoInOneLine() throws IOException {
    WrittenLog written = threeSegments();
    Place damaged = written.places().get(1);
    MemoryDisk disk = written.disk();
    disk.corrupt(damaged.file(), damaged.end() - 1, 1);
    assertThatExceptionOfType(CorruptLog.class)
        .isThrownBy(() -> written.read(disk))
        .withMessageStartingWith(
            "corrupt log: %s at offset %d: the entries 2 to ", damaged.file(), damaged.start())
        .withMessageContaining("were acknowledged and can not be read")
        .withMessageContaining("registryctl member replace")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void saysThatAVoteIsLost() throws IOException {
    var written =
        new WrittenLog(SMALL)
            .append(write(term(2), 0))
            .force()
            .append(write(term(3), 0))
            .leaveUntold();
    Place vote = written.places().get(1);
    MemoryDisk disk = written.disk();
    disk.corrupt(vote.file(), vote.start() + 20, 1);
    assertThatExceptionOfType(CorruptLog.class)
        .isThrownBy(() -> written.read(disk))
        .withMessageContaining("terms or votes after entry 1 were acknowledged");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    WrittenLog written = threeSegments();
    MemoryDisk disk = written.disk();
    disk.delete(Segment.name(2));
    assertThatExceptionOfType(CorruptLog.class)
        .isThrownBy(() -> written.read(disk))
        .withMessageContaining(Segment.name(2) + " at offset 0: the file is missing");
  }

  @Test
  void aLogThatIsGoneIsNoEmptyLog() throws IOException {
    MemoryDisk disk = threeSegments().disk();
    for (String file : disk.list()) {
      disk.delete(file);
    }
    assertThatExceptionOfType(CorruptLog.class)
        .isThrownBy(() -> SegmentedLog.open(disk, Fixtures.IDENTITY, SMALL))
        .withMessageContaining(Segment.name(1) + " and all others are gone");
  }

  @Test
  void theFirstConfigurationIsNeverTornOff() throws IOException {
    var written = new WrittenLog(SMALL);
    Place first = written.places().getFirst();
    MemoryDisk disk = written.disk();
    WrittenLog.tear(disk, first.file(), first.start());
    assertThatExceptionOfType(CorruptLog.class)
        .isThrownBy(() -> written.read(disk))
        .withMessageContaining("entry 1, the first configuration");
  }

  @Test
  void aSegmentOfAnotherPlaceInTheLogDoesNotFit() throws IOException {
    WrittenLog written = threeSegments();
    MemoryDisk disk = written.disk();
    disk.rename(Segment.name(1), Segment.name(2));
    assertThatExceptionOfType(CorruptLog.class).isThrownBy(() -> written.read(disk));
  }

  @Test
  void aSegmentWithoutBatchesMustFitToo() throws IOException {
    var written = new WrittenLog(SMALL);
    MemoryDisk disk = written.disk();
    int chainBroken = written.places().getFirst().header().payloadChecksum();
    var header =
        new SegmentHeader(
            Fixtures.IDENTITY,
            2,
            0,
            new EntryId(1, 1),
            2,
            chainBroken,
            term(1),
            0,
            1,
            Optional.of(new ConfigurationAt(1, Fixtures.FIRST)));
    try (DiskFile file = disk.create(Segment.name(2), SMALL.segmentBytes())) {
      file.write(SegmentHeaderCodec.encode(header), 0);
    }
    assertThatExceptionOfType(CorruptLog.class)
        .isThrownBy(() -> written.read(disk))
        .withMessageContaining(Segment.name(2) + " at offset 0: it does not continue");
  }

  /** A disk that brings back an earlier write, or another's, with every checksum right. */
  @Test
  void aBatchOfAnotherLifeDoesNotFit() throws IOException {
    MemoryDisk disk = new WrittenLog(SMALL).disk();
    MemoryDisk other = disk.copy(Seeds.generator(2));
    appendTwo(disk, "one");
    appendTwo(other, "two");
    Place first = WrittenLog.places(other).get(1);
    var batch = ByteBuffer.allocate(first.header().lengthBytes());
    try (DiskFile from = other.open(first.file());
        DiskFile to = disk.open(first.file())) {
      from.read(batch, first.start());
      to.write(batch.flip(), first.start());
    }
    assertThatExceptionOfType(CorruptLog.class)
        .isThrownBy(() -> SegmentedLog.open(disk, Fixtures.IDENTITY, SMALL))
        .withMessageContaining("out of order: batch 3 does not continue batch 2");
  }

  @Test
  void aSealedSegmentEndsWhereItsSuccessorBegins() throws IOException {
    WrittenLog written = threeSegments();
    Place lastOfFirst =
        written.places().stream()
            .filter(place -> place.file().equals(Segment.name(1)))
            .reduce((first, second) -> second)
            .orElseThrow();
    MemoryDisk disk = written.disk();
    WrittenLog.tear(disk, lastOfFirst.file(), lastOfFirst.start());
    assertThatExceptionOfType(CorruptLog.class).isThrownBy(() -> written.read(disk));
  }

  @Test
  void filesOfOthersAreLeftAlone() throws IOException {
    WrittenLog written = threeSegments();
    MemoryDisk disk = written.disk();
    disk.create("notes.txt", 3).close();
    assertThat(written.read(disk)).isEqualTo(written.last());
    assertThat(disk.list()).contains("notes.txt");
  }

  @Test
  void damageFoundByAReaderIsNoEmptyAnswer() throws IOException {
    var disk = new MemoryDisk(Seeds.generator(1));
    SegmentedLog log = SegmentedLog.create(disk, Fixtures.IDENTITY, SMALL, Fixtures.FIRST);
    log.append(commands(1, 2, "a", "b"));
    log.force();
    disk.corrupt(Segment.name(1), 512 + 96 + 24, 1);
    assertThatExceptionOfType(CorruptLog.class)
        .isThrownBy(() -> log.entries(1, 3, Long.MAX_VALUE))
        .withMessageContaining("the entries 1 to 1 were read once and can not be read any more");
    log.close();
  }

  private static void appendTwo(MemoryDisk disk, String first) {
    try (SegmentedLog log = SegmentedLog.open(disk, Fixtures.IDENTITY, SMALL)) {
      log.append(commands(1, 2, first));
      log.append(commands(1, 3, "next"));
      log.force();
    }
  }

  private static long endOf(List<Place> places, String file) {
    return places.stream()
        .filter(place -> place.file().equals(file))
        .mapToLong(Place::end)
        .max()
        .orElseThrow();
  }

  /** The batch that the byte belongs to; 0 for the segment's header. */
  private static long sequenceAt(List<Place> places, String file, long at) {
    return places.stream()
        .filter(place -> place.file().equals(file) && place.start() <= at)
        .mapToLong(place -> place.header().sequence())
        .max()
        .orElse(0);
  }
}
