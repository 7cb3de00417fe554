package dev.rollcall.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.log.Disk;
import dev.rollcall.raft.log.Disk.DiskFile;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A write-back disk and the simulator's disk agree on what is seen, and on what a kill leaves. */
final class WriteBackDiskProperties {
  private static final int RUNS = 200;
  private static final int STEPS = 120;

  @Test
  void losesWhatTheSimulatedDiskLoses() throws IOException {
    long firstSeed = System.nanoTime();
    for (long seed = firstSeed; seed < firstSeed + RUNS; seed++) {
      try {
        run(seed);
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private void run(long seed) throws IOException {
    var random = new Random(seed);
    var model = new MemoryDisk(new Random(seed));
    var beneath = new MemoryDisk(new Random(seed));
    var disk = new WriteBackDisk(beneath, new Random(seed), 0);
    for (int life = 0; life < 3; life++) {
      live(random, disk, model);
      assertThat(contents(disk)).isEqualTo(contents(model));
      model.crash(Loss.EVERYTHING);
      disk = new WriteBackDisk(beneath, new Random(seed), 0);
      assertThat(contents(disk)).isEqualTo(contents(model));
    }
  }

  private static void live(Random random, Disk disk, Disk model) throws IOException {
    var open = new ArrayList<Twins>();
    for (int step = 0; step < STEPS; step++) {
      String name = "file-" + random.nextInt(4);
      String other = "file-" + random.nextInt(4);
      switch (random.nextInt(9)) {
        case 0 -> {
          long size = random.nextInt(3_000);
          both(open, disk, model, each -> each.create(name, size));
        }
        case 1 -> both(open, disk, model, each -> each.open(name));
        case 2 -> {
          var unused = outcome(disk, each -> each.rename(name, other));
          assertThat(unused).isEqualTo(outcome(model, each -> each.rename(name, other)));
        }
        case 3 -> {
          disk.delete(name);
          model.delete(name);
        }
        case 4 -> {
          disk.forceDirectory();
          model.forceDirectory();
        }
        default -> {
          if (!open.isEmpty()) {
            use(random, open);
          }
        }
      }
    }
  }

  private static void use(Random random, List<Twins> open) throws IOException {
    Twins twins = open.get(random.nextInt(open.size()));
    long position = random.nextInt(4_000);
    switch (random.nextInt(8)) {
      case 0, 1 -> {
        twins.disk.force();
        twins.model.force();
      }
      case 2 -> {
        twins.disk.close();
        twins.model.close();
        open.remove(twins);
      }
      case 3 -> assertThat(bytes(twins.disk, position)).isEqualTo(bytes(twins.model, position));
      default -> {
        var bytes = new byte[1 + random.nextInt(1_500)];
        random.nextBytes(bytes);
        twins.disk.write(ByteBuffer.wrap(bytes), position);
        twins.model.write(ByteBuffer.wrap(bytes), position);
      }
    }
  }

  private static void both(List<Twins> open, Disk disk, Disk model, Opening opening)
      throws IOException {
    var files = new ArrayList<DiskFile>();
    String outcome = outcome(disk, each -> files.add(opening.in(each)));
    assertThat(outcome).isEqualTo(outcome(model, each -> files.add(opening.in(each))));
    if (files.size() == 2) {
      open.add(new Twins(files.get(0), files.get(1)));
    }
  }

  private static String outcome(Disk disk, Action action) throws IOException {
    try {
      action.in(disk);
      return "done";
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      return e.getClass().getSimpleName();
    }
  }

  private static Map<String, List<Byte>> contents(Disk disk) throws IOException {
    var contents = new TreeMap<String, List<Byte>>();
    for (String name : disk.list()) {
      try (DiskFile file = disk.open(name)) {
        contents.put(name, bytes(file, 0));
      }
    }
    return contents;
  }

  private static List<Byte> bytes(DiskFile file, long position) throws IOException {
    var buffer = ByteBuffer.allocate(8_000);
    int count = file.read(buffer, position);
    assertThat(buffer.position()).isEqualTo(count);
    var bytes = new ArrayList<Byte>();
    for (int i = 0; i < count; i++) {
      bytes.add(buffer.get(i));
    }
    return bytes;
  }

  /** One file on both disks. */
  private record Twins(DiskFile disk, DiskFile model) {}

  @FunctionalInterface
  private interface Opening {
    DiskFile in(Disk disk) throws IOException;
  }

  @FunctionalInterface
  private interface Action {
    void in(Disk disk) throws IOException;
  }
}
