package dev.rollcall.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.raft.log.Disk.DiskFile;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.testkit.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/**
 * A log that is whole and still not this process's to use: refused in one line, and not touched.
 */
final class WrongLogTest {
  private final MemoryDisk disk = new MemoryDisk(Seeds.generator(1));

  WrongLogTest() {
    SegmentedLog.create(disk, Fixtures.IDENTITY, Fixtures.SMALL, Fixtures.FIRST).close();
  }

  @Test
  void refusesALogOfAnotherCluster() {
    LogIdentity own = Fixtures.IDENTITY;
    assertRefused(
        new LogIdentity(new ClusterId(0, 1), own.historyId(), own.nodeId(), 0),
        "0000000000000001.log belongs to another cluster: it is of"
            + " 00000000000000030000000000000021, this process is of"
            + " 00000000000000000000000000000001");
  }

  @Test
  void refusesALogOfAnotherHistory() {
    LogIdentity own = Fixtures.IDENTITY;
    assertRefused(
        new LogIdentity(own.clusterId(), new HistoryId(0, 1), own.nodeId(), 0),
        "0000000000000001.log belongs to another history: it is of"
            + " 0000000000000004000000000000002c, this process is of"
            + " 00000000000000000000000000000001");
  }

  @Test
  void refusesALogOfAnotherNode() {
    LogIdentity own = Fixtures.IDENTITY;
    assertRefused(
        new LogIdentity(own.clusterId(), own.historyId(), Fixtures.OTHER, 0),
        "0000000000000001.log belongs to another node: it is of"
            + " 0000000000000001000000000000000b, this process is of"
            + " 00000000000000020000000000000016");
  }

  @Test
  void refusesALogOfAnotherGroup() {
    LogIdentity own = Fixtures.IDENTITY;
    assertRefused(
        new LogIdentity(own.clusterId(), own.historyId(), own.nodeId(), 7),
        "0000000000000001.log belongs to another raft group: it is of 0, this process is of 7");
  }

  @Test
  void refusesALaterFormat() throws IOException {
    try (DiskFile file = disk.open(Segment.name(1))) {
      var header = ByteBuffer.allocate(SegmentHeaderCodec.SECTOR_BYTES);
      file.read(header, 0);
      header.putInt(8, 2);
      var checksum = SegmentChecksum.ofHeader(1);
      checksum.begin();
      checksum.add(header, 0, 16);
      checksum.add(header, 20, header.capacity() - 20);
      header.putInt(16, checksum.value()).clear();
      file.write(header, 0);
    }
    assertThatExceptionOfType(UnknownFormat.class)
        .isThrownBy(() -> SegmentedLog.open(disk, Fixtures.IDENTITY, Fixtures.SMALL))
        .withMessage(
            "0000000000000001.log was written by a later version of this program (log format 2,"
                + " this one reads 1); start that version, this one changes nothing");
  }

  private void assertRefused(LogIdentity identity, String message) {
    long operations = disk.operations();
    assertThatExceptionOfType(WrongIdentity.class)
        .isThrownBy(() -> SegmentedLog.open(disk, identity, Fixtures.SMALL))
        .withMessage(message);
    assertThat(disk.operations()).isEqualTo(operations);
  }
}
