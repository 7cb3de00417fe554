package dev.rollcall.server.space;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.config.ServerConfig.DiskRoom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills up, and is emptied again. */
final class DiskSpaceTest {
  private static final long MIB = 1 << 20;
  private static final DiskRoom ROOM = new DiskRoom(100 * MIB, 40 * MIB);

  private final FakeVolume volume = new FakeVolume();

  @Test
  void takesTheReservePieceByPieceWhileThereIsRoom() {
    volume.usable = 1000 * MIB;
    var space = new DiskSpace(volume, ROOM);
    assertThat(volume.reserved).isZero();
    space.check();
    assertThat(volume.reserved).isEqualTo(DiskSpace.PIECE_BYTES);
    space.check();
    space.check();
    space.check();
    assertThat(volume.reserved).isEqualTo(40 * MIB);
    assertThat(volume.usable).isEqualTo(960 * MIB);
    assertThat(space.isLow()).isFalse();
  }

  @Test
  void isNeverLowForItsOwnReserve() {
    volume.usable = 110 * MIB;
    var space = new DiskSpace(volume, ROOM);
    for (int i = 0; i < 10; i++) {
      space.check();
      assertThat(space.isLow()).isFalse();
    }
    assertThat(volume.reserved).isZero();
  }

  @Test
  void isLowBelowTheMarkAndHasRoomAQuarterAboveIt() {
    DiskSpace space = withReserve();
    volume.usable = 100 * MIB;
    space.check();
    assertThat(space.isLow()).isFalse();
    volume.usable = 100 * MIB - 1;
    space.check();
    assertThat(space.isLow()).isTrue();
    volume.usable = 125 * MIB - 1;
    space.check();
    assertThat(space.isLow()).isTrue();
    volume.usable = 125 * MIB;
    space.check();
    assertThat(space.isLow()).isFalse();
  }

  @Test
  void givesTheReserveBackWhenTheDiskIsFullAndTakesItAgainBeforeAnythingElse() {
    DiskSpace space = withReserve();
    volume.usable = 20 * MIB;
    space.check();
    assertThat(volume.reserved).isEqualTo(40 * MIB);
    volume.usable = 20 * MIB - 1;
    space.check();
    assertThat(volume.reserved).isZero();
    assertThat(space.usableBytes()).isEqualTo(60 * MIB - 1);
    assertThat(space.isLow()).isTrue();
    // As much as would do with the reserve on the disk; it is not.
    volume.usable = 125 * MIB + 40 * MIB - 1;
    space.check();
    assertThat(space.isLow()).isTrue();
    assertThat(volume.reserved).isZero();
    volume.usable++;
    for (int i = 0; i < 4; i++) {
      space.check();
      assertThat(space.isLow()).isFalse();
    }
    assertThat(volume.reserved).isEqualTo(40 * MIB);
  }

  /** The log needs room before the first check. */
  @Test
  void givesTheReserveBackBeforeTheStart() {
    volume.reserved = 40 * MIB;
    volume.usable = 0;
    var space = new DiskSpace(volume, ROOM);
    assertThat(volume.reserved).isZero();
    assertThat(space.isLow()).isTrue();
  }

  @Test
  void aReserveThatCanNotBeTakenIsTakenLater() {
    volume.usable = 1000 * MIB;
    volume.refuses = true;
    var space = new DiskSpace(volume, ROOM);
    space.check();
    assertThat(volume.reserved).isZero();
    volume.refuses = false;
    space.check();
    assertThat(volume.reserved).isPositive();
  }

  @Test
  void aFileHoldsTheReserve(@TempDir Path directory) throws IOException {
    var files = new FileVolume(directory, List.of(directory.resolve("not there")));
    assertThat(files.reservedBytes()).isZero();
    files.reserve(100_000);
    files.reserve(100_000);
    assertThat(files.reservedBytes()).isEqualTo(200_000);
    assertThat(files.usableBytes()).isPositive();
    files.release();
    files.release();
    assertThat(files.reservedBytes()).isZero();
    try (var left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  private DiskSpace withReserve() {
    volume.usable = 1000 * MIB;
    var space = new DiskSpace(volume, ROOM);
    for (int i = 0; i < 5; i++) {
      space.check();
    }
    return space;
  }

  private static final class FakeVolume implements Volume {
    private long usable;
    private long reserved;
    private boolean refuses;

    @Override
    public long usableBytes() {
      return usable;
    }

    @Override
    public long reservedBytes() {
      return reserved;
    }

    @Override
    public void reserve(long bytes) throws IOException {
      if (refuses) {
        throw new IOException("No space left on device");
      }
      usable -= bytes;
      reserved += bytes;
    }

    @Override
    public void release() {
      usable += reserved;
      reserved = 0;
    }
  }
}
