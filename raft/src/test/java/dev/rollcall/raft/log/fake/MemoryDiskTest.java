package dev.rollcall.raft.log.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.raft.log.Disk.DiskFile;
import dev.rollcall.raft.log.fake.MemoryDisk.Failing;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import dev.rollcall.raft.log.fake.MemoryDisk.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The disk in memory loses what was not forced, in every way it promises, and nothing else. */
final class MemoryDiskTest {
  private static final int SECTOR = 512;

  private final MemoryDisk disk = new MemoryDisk(new SplittableRandom(1));

  @Test
  void losesWhatWasNotForced() throws IOException {
    DiskFile file = forcedFile(filled(SECTOR, 'a'));
    file.write(filled(SECTOR, 'b'), 0);
    disk.crash(Loss.EVERYTHING);
    assertThat(contents()).isEqualTo(filled(SECTOR, 'a').array());
  }

  @Test
  void losesFilesAndNamesThatWereNotForced() throws IOException {
    forcedFile(filled(8, 'a')).close();
    disk.create("other", 8).close();
    disk.rename("file", "renamed");
    disk.crash(Loss.EVERYTHING);
    assertThat(disk.list()).containsExactly("file");
    disk.delete("file");
    disk.crash(Loss.EVERYTHING);
    assertThat(disk.list()).containsExactly("file");
  }

  @Test
  void losesNothingWhenOnlyTheProcessDies() throws IOException {
    DiskFile file = forcedFile(filled(8, 'a'));
    file.write(filled(8, 'b'), 0);
    disk.create("other", 8).close();
    disk.crash(Loss.NOTHING);
    assertThat(contents()).isEqualTo(filled(8, 'b').array());
    assertThat(disk.list()).containsExactly("file", "other");
    disk.crash(Loss.EVERYTHING);
    assertThat(contents()).isEqualTo(filled(8, 'a').array());
    assertThat(disk.list()).containsExactly("file");
  }

  @Test
  void decidesForEachSectorAndKeepsItsHandsOffTheRest() throws IOException {
    Set<String> fates = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      var each = new MemoryDisk(new SplittableRandom(i));
      try (DiskFile file = each.create("file", 2 * SECTOR)) {
        file.write(filled(2 * SECTOR, 'a'), 0);
        file.force();
        each.forceDirectory();
        file.write(filled(SECTOR, 'b'), SECTOR / 2);
      }
      each.crash(Loss.SOME);
      byte[] bytes = contents(each);
      assertThat(Arrays.copyOf(bytes, SECTOR / 2)).containsOnly('a');
      assertThat(Arrays.copyOfRange(bytes, 3 * SECTOR / 2, 2 * SECTOR)).containsOnly('a');
      fates.add(fate(bytes, SECTOR / 2, SECTOR) + " then " + fate(bytes, SECTOR, 3 * SECTOR / 2));
    }
    assertThat(fates).hasSize(9);
  }

  @Test
  void forgetsWhatAFailedForceShouldHaveKept() throws IOException {
    DiskFile file = forcedFile(filled(8, 'a'));
    file.write(filled(8, 'b'), 0);
    disk.failNextForce();
    assertThatExceptionOfType(IOException.class).isThrownBy(file::force);
    file.force();
    disk.crash(Loss.NOTHING);
    assertThat(contents()).isEqualTo(filled(8, 'b').array());
    disk.crash(Loss.EVERYTHING);
    assertThat(contents()).isEqualTo(filled(8, 'a').array());
  }

  @Test
  void nothingWorksWithoutPower() throws IOException {
    DiskFile file = forcedFile(filled(8, 'a'));
    disk.endPowerAfter(2);
    file.write(filled(8, 'b'), 0);
    assertThatExceptionOfType(IOException.class).isThrownBy(file::force);
    assertThatExceptionOfType(IOException.class).isThrownBy(disk::list);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> file.read(ByteBuffer.allocate(1), 0));
    disk.crash(Loss.EVERYTHING);
    assertThat(contents()).isEqualTo(filled(8, 'a').array());
  }

  @Test
  void filesOpenAtACrashAreDead() throws IOException {
    DiskFile file = forcedFile(filled(8, 'a'));
    disk.crash(Loss.NOTHING);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> file.write(filled(8, 'b'), 0));
  }

  @Test
  void copiesLoseTheSame() throws IOException {
    DiskFile file = forcedFile(filled(8, 'a'));
    file.write(filled(8, 'b'), 0);
    disk.rename("file", "renamed");
    MemoryDisk copy = disk.copy(new SplittableRandom(1));
    assertThat(copy.list()).containsExactly("renamed");
    copy.crash(Loss.EVERYTHING);
    assertThat(contents(copy)).isEqualTo(filled(8, 'a').array());
    assertThat(disk.list()).containsExactly("renamed");
  }

  @Test
  void corruptsForGood() throws IOException {
    forcedFile(filled(2, 'a')).close();
    disk.corrupt("file", 1, 3);
    assertThat(contents()).isEqualTo(new byte[] {'a', 'b'});
    disk.crash(Loss.EVERYTHING);
    assertThat(contents()).isEqualTo(new byte[] {'a', 'b'});
  }

  @Test
  void losesPowerBeforeAStepOfAKind() throws IOException {
    DiskFile file = forcedFile(filled(8, 'a'));
    disk.endPowerAt(Step.FORCE, false);
    file.write(filled(8, 'b'), 0);
    assertThat(disk.hasPower()).isTrue();
    assertThatExceptionOfType(IOException.class).isThrownBy(file::force);
    assertThat(disk.hasPower()).isFalse();
    disk.crash(Loss.EVERYTHING);
    assertThat(disk.hasPower()).isTrue();
    assertThat(contents()).isEqualTo(filled(8, 'a').array());
  }

  @Test
  void losesPowerAfterAStepOfAKind() throws IOException {
    DiskFile file = forcedFile(filled(8, 'a'));
    disk.endPowerAt(Step.FORCE, true);
    file.write(filled(8, 'b'), 0);
    assertThatExceptionOfType(IOException.class).isThrownBy(file::force);
    assertThatExceptionOfType(IOException.class).isThrownBy(disk::list);
    disk.crash(Loss.EVERYTHING);
    assertThat(contents()).isEqualTo(filled(8, 'b').array());
  }

  @Test
  void failsOnceAndWritesABeginningAtMost() throws IOException {
    DiskFile file = forcedFile(filled(4 * SECTOR, 'a'));
    disk.failNext(Failing.READ);
    assertThatExceptionOfType(IOException.class).isThrownBy(this::contents);
    disk.failNext(Failing.WRITE);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> file.write(filled(4 * SECTOR, 'b'), 0));
    assertThat(new String(contents(), StandardCharsets.US_ASCII)).matches("b*a*");
    assertThat(disk.failures()).isEqualTo(2);
  }

  @Test
  void hasRoomAgain() throws IOException {
    DiskFile file = forcedFile(filled(8, 'a'));
    disk.limitTo(12);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> file.write(filled(8, 'b'), 8));
    assertThat(disk.refusals()).isEqualTo(1);
    disk.limitNoMore();
    file.write(filled(8, 'b'), 8);
    assertThat(contents()).hasSize(16);
  }

  @Test
  void damageOnThePlatterShowsAfterACrashUnlessItIsWrittenOver() throws IOException {
    DiskFile file = forcedFile(filled(2 * SECTOR, 'a'));
    disk.damage("file", 0, filled(1, 'x'), false);
    disk.damage("file", SECTOR, filled(1, 'x'), false);
    assertThat(contents()).containsOnly('a');
    file.write(filled(1, 'a'), 1);
    file.force();
    assertThat(disk.damaged()).containsExactly("file");
    disk.crash(Loss.SOME);
    assertThat(contents()[0]).isEqualTo((byte) 'a');
    assertThat(contents()[SECTOR]).isEqualTo((byte) 'x');
    assertThat(disk.damaged()).containsExactly("file");
    disk.rename("file", "another");
    disk.forceDirectory();
    assertThat(disk.damaged()).isEmpty();
  }

  @Test
  void remembersWhatAForceHasReplaced() throws IOException {
    DiskFile file = forcedFile(filled(SECTOR, 'a'));
    file.write(filled(1, 'b'), 0);
    file.force();
    assertThat(disk.beforeLastForce("file", 0)).isEqualTo(filled(SECTOR, 'a'));
    assertThat(disk.durable("file").get(0)).isEqualTo((byte) 'b');
  }

  private DiskFile forcedFile(ByteBuffer bytes) throws IOException {
    DiskFile file = disk.create("file", 0);
    file.write(bytes, 0);
    file.force();
    disk.forceDirectory();
    return file;
  }

  private byte[] contents() throws IOException {
    return contents(disk);
  }

  private static byte[] contents(MemoryDisk disk) throws IOException {
    try (DiskFile file = disk.open("file")) {
      var bytes = ByteBuffer.allocate(Math.toIntExact(file.sizeBytes()));
      file.read(bytes, 0);
      return bytes.array();
    }
  }

  private static ByteBuffer filled(int length, char with) {
    var bytes = new byte[length];
    Arrays.fill(bytes, (byte) with);
    return ByteBuffer.wrap(bytes);
  }

  private static String fate(byte[] bytes, int from, int to) {
    byte[] part = Arrays.copyOfRange(bytes, from, to);
    if (Arrays.equals(part, filled(to - from, 'a').array())) {
      return "dropped";
    }
    return Arrays.equals(part, filled(to - from, 'b').array()) ? "kept" : "garbled";
  }
}
