package dev.rollcall.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Ready.Persist;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import dev.rollcall.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A log and what it may hold: the state that is durable, followed by those that writes since would
 * lead to. Does legal things at random and checks after each.
 */
final class LogLife {
  private final MemoryDisk disk;
  private final RandomGenerator random;
  private final List<LogModel> possible = new ArrayList<>();
  private SegmentedLog log;
  private long droppedTo = 1;

  LogLife(MemoryDisk disk, RandomGenerator random) {
    this.disk = disk;
    this.random = random;
    this.log = SegmentedLog.create(disk, Fixtures.IDENTITY, Fixtures.SMALL, Fixtures.FIRST);
    possible.add(LogModel.created());
  }

  /** One random operation. */
  void step() {
    switch (random.nextInt(23)) {
      case 0, 1, 2, 3, 4, 5 -> append(latest().lastIndex() + 1);
      case 6, 7 -> append(replaceable());
      case 8 -> append(List.of());
      case 9 -> truncate();
      case 10, 11, 12, 13, 14 -> force();
      case 15, 16 -> log.prepareSpare();
      case 17 -> read();
      case 20, 21 -> dropPrefix();
      case 22 -> beginAnew();
      case 18 -> failForce();
      default -> crash(anyLoss());
    }
  }

  /** The process ends, perhaps several times in a row; what comes back was possible. */
  void crash(Loss loss) {
    disk.crash(loss);
    while (random.nextInt(4) == 0) {
      disk.endPowerAfter(random.nextInt(12));
      try {
        open();
      } catch (LogFailure e) {
        assertThat(e).hasMessageContaining("no power");
      }
      disk.crash(anyLoss());
    }
    open();
  }

  LogModel latest() {
    return possible.getLast();
  }

  private void open() {
    log = SegmentedLog.open(disk, Fixtures.IDENTITY, Fixtures.SMALL);
    LogModel found = LogModel.of(log);
    assertThat(found.firstIndex()).isLessThanOrEqualTo(droppedTo);
    assertThat(possible.stream().map(each -> each.from(found.firstIndex()))).contains(found);
    possible.clear();
    possible.add(found);
    droppedTo = found.firstIndex();
  }

  private void dropPrefix() {
    long committed = latest().commitIndex();
    if (committed >= log.firstIndex()) {
      droppedTo = Math.max(droppedTo, random.nextLong(log.firstIndex(), committed + 2));
      log.dropPrefix(droppedTo);
      forgetAllButTheLatest();
    }
  }

  private void append(long firstIndex) {
    var entries = new ArrayList<Entry>();
    long term = latest().idAt(firstIndex - 1).term();
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      term = random.nextLong(term, latest().hardState().currentTerm() + 1);
      entries.add(entry(term, firstIndex + entries.size()));
    }
    append(entries);
  }

  private void append(List<Entry> entries) {
    long commit = random.nextLong(latest().commitIndex(), latest().lastIndex() + 3);
    var write = new Persist(1, nextHardState(), commit, entries);
    log.append(write);
    possible.addAll(latest().stepsOf(write).toList());
  }

  private void truncate() {
    long from = replaceable();
    log.truncateSuffix(from);
    possible.add(latest().before(from));
  }

  private void force() {
    log.force();
    forgetAllButTheLatest();
    assertThat(log.lastIndex()).isEqualTo(latest().lastIndex());
  }

  private void beginAnew() {
    HardState hardState = nextHardState();
    long index = random.nextLong(latest().commitIndex(), latest().lastIndex() + 20);
    long term = random.nextLong(1, hardState.currentTerm() + 1);
    long configured = random.nextLong(index + 1);
    var start =
        new LogStart(new EntryId(term, index), new ConfigurationAt(configured, Fixtures.SECOND));
    log.append(new Persist(1, hardState, index, Optional.of(start), List.of()));
    possible.add(
        new LogModel(
            hardState, index, start.previous(), List.of(start.configuration()), List.of()));
    forgetAllButTheLatest();
    droppedTo = log.firstIndex();
    assertThat(droppedTo).isEqualTo(index + 1);
  }

  private void forgetAllButTheLatest() {
    possible.subList(0, possible.size() - 1).clear();
  }

  private void read() {
    LogModel durable = possible.getFirst();
    long lowest = Math.max(droppedTo, log.firstIndex());
    if (lowest > durable.lastIndex()) {
      return;
    }
    long from = random.nextLong(lowest, durable.lastIndex() + 1);
    long to = random.nextLong(from, durable.lastIndex() + 1);
    long bytesMax = random.nextInt(2000);
    List<Entry> found = log.entries(from, to, bytesMax);
    assertThat(found).isEqualTo(durable.from(from).entries().subList(0, found.size()));
    long next = from + found.size();
    if (next <= to) {
      long bytes = durable.at(next).sizeBytes();
      assertThat(bytes + found.stream().mapToLong(Entry::sizeBytes).sum()).isGreaterThan(bytesMax);
    }
  }

  private void failForce() {
    append(List.of());
    disk.failNextForce();
    assertThatExceptionOfType(LogFailure.class).isThrownBy(log::force);
    assertThatExceptionOfType(LogFailure.class).isThrownBy(log::force);
    crash(anyLoss());
  }

  private HardState nextHardState() {
    HardState now = latest().hardState();
    if (random.nextInt(4) == 0) {
      now = Fixtures.term(now.currentTerm() + random.nextInt(1, 3));
    }
    boolean votes = now.votedFor().isEmpty() && random.nextBoolean();
    return votes ? new HardState(now.currentTerm(), Optional.of(Fixtures.OTHER)) : now;
  }

  private Entry entry(long term, long index) {
    if (random.nextInt(8) == 0) {
      Configuration configuration = random.nextBoolean() ? Fixtures.FIRST : Fixtures.SECOND;
      byte[] bytes = configuration.encode().bytes();
      return Fixtures.entry(term, index, EntryKind.CONFIGURATION, bytes);
    }
    int kilobytes = random.nextInt(40) == 0 ? 3 : 0;
    var payload = new byte[kilobytes * 1024 + random.nextInt(100)];
    random.nextBytes(payload);
    return Fixtures.entry(term, index, EntryKind.COMMAND, payload);
  }

  /** An index above the commit index. A first configuration stays, so that there is always one. */
  private long replaceable() {
    long first = latest().before().isEmpty() ? 2 : latest().firstIndex();
    long lowest = Math.max(first, latest().commitIndex() + 1);
    return random.nextLong(lowest, Math.max(lowest, latest().lastIndex() + 1) + 1);
  }

  private Loss anyLoss() {
    return Seeds.oneOf(random, Loss.values());
  }
}
