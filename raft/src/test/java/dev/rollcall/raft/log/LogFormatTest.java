package dev.rollcall.raft.log;

import static dev.rollcall.raft.log.Fixtures.command;
import static dev.rollcall.raft.log.Fixtures.commands;
import static dev.rollcall.raft.log.Fixtures.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.log.Disk.DiskFile;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.testkit.Seeds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The bytes of format 1, as they were first written. A log out there has them too: when this test
 * fails, the code is wrong, or the format needs a new version.
 */
final class LogFormatTest {
  private static final LogConfig CONFIG = new LogConfig(1024, 600);
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void writesTheBytesOfFormat1() throws IOException {
    var disk = new MemoryDisk(Seeds.generator(1));
    SegmentedLog log = SegmentedLog.create(disk, Fixtures.IDENTITY, CONFIG, Fixtures.FIRST);
    append(log);
    assertThat(hexLines(disk)).isEqualTo(golden());
  }

  @Test
  void readsTheBytesOfFormat1() throws IOException {
    var disk = new MemoryDisk(Seeds.generator(1));
    for (String line : golden().lines().toList()) {
      String[] parts = line.split(" ", 3);
      byte[] bytes = HEX.parseHex(parts[2]);
      try (DiskFile file = open(disk, parts[0])) {
        file.write(ByteBuffer.wrap(bytes), Long.parseLong(parts[1]));
      }
    }
    SegmentedLog log = SegmentedLog.open(disk, Fixtures.IDENTITY, CONFIG);
    LogModel found = LogModel.of(log);
    assertThat(found.hardState()).isEqualTo(new HardState(3, Optional.of(Fixtures.OTHER)));
    assertThat(found.commitIndex()).isEqualTo(2);
    assertThat(found.entries())
        .containsExactly(
            Fixtures.firstEntry(),
            command(1, 2, "first"),
            new Entry(new EntryId(3, 3), EntryKind.NOOP, 77, Payload.EMPTY),
            command(3, 4, "last"));
  }

  private static void append(SegmentedLog log) {
    var voted = new HardState(3, Optional.of(Fixtures.OTHER));
    log.append(commands(1, 2, "first", "dropped", "dropped too"));
    log.force();
    log.truncateSuffix(3);
    log.append(write(voted, 2));
    log.append(write(voted, 2, new Entry(new EntryId(3, 3), EntryKind.NOOP, 77, Payload.EMPTY)));
    log.force();
    log.append(write(voted, 2, command(3, 4, "last")));
    log.force();
  }

  private static DiskFile open(MemoryDisk disk, String name) throws IOException {
    return disk.list().contains(name) ? disk.open(name) : disk.create(name, 1024);
  }

  /** File, offset and 32 bytes a line; lines of zeros are left out. */
  private static String hexLines(MemoryDisk disk) throws IOException {
    var lines = new StringBuilder();
    for (String name : disk.list()) {
      try (DiskFile file = disk.open(name)) {
        var line = ByteBuffer.allocate(32);
        for (int at = 0; at < file.sizeBytes(); at += 32) {
          file.read(line.clear(), at);
          if (!isZero(line.array())) {
            lines.append(name).append(' ').append(at).append(' ');
            lines.append(HEX.formatHex(line.array())).append('\n');
          }
        }
      }
    }
    return lines.toString();
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static String golden() throws IOException {
    try (InputStream in = LogFormatTest.class.getResourceAsStream("format-1.hex")) {
      assertThat(in).as("format-1.hex").isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
