package dev.rollcall.raft.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.raft.core.Ready.Persist;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A core with a disk and a state machine, none of which does anything by itself: who holds the node
 * decides when a write is durable, when entries are applied and what becomes of messages.
 */
final class TestNode {
  /** What a core with nothing to say says. */
  static final Ready NOTHING =
      new Ready(
          Optional.empty(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          Optional.empty());

  private final NodeId id;
  private final RaftConfig config;
  private final RandomGenerator random;
  private final Consumer<TraceEvent> trace;
  private final MemoryDisk disk;
  private final ArrayDeque<Persist> writing = new ArrayDeque<>();
  private final List<Entry> log = new ArrayList<>();
  private final List<Entry> applying = new ArrayList<>();
  private final List<Entry> applied = new ArrayList<>();
  private EntryId logPrevious = EntryId.NONE;
  private long durableApplied;
  private long droppable;
  private @Nullable StateCopy installed;
  private String corruption = "";
  private @Nullable RaftCore core;

  TestNode(
      NodeId id,
      MemoryDisk disk,
      RaftConfig config,
      RandomGenerator random,
      Consumer<TraceEvent> trace) {
    this.id = id;
    this.config = config;
    this.random = random;
    this.trace = trace;
    this.disk = disk;
    start(0);
  }

  NodeId id() {
    return id;
  }

  MemoryDisk disk() {
    return disk;
  }

  boolean isUp() {
    return core != null;
  }

  RaftCore core() {
    if (core == null) {
      throw new AssertionError(id.low() + " is down");
    }
    return core;
  }

  /** The log as handed out to be written, durable or not, from its first entry on. */
  List<Entry> log() {
    return log;
  }

  /** Highest index of the log as handed out. */
  long lastIndex() {
    return logPrevious.index() + log.size();
  }

  /** The id at this index of the log as handed out; empty for what it has forgotten. */
  Optional<EntryId> idAt(long index) {
    if (index <= logPrevious.index()) {
      return index == logPrevious.index() ? Optional.of(logPrevious) : Optional.empty();
    }
    return Optional.of(log.get(position(index)).id());
  }

  private int position(long index) {
    return (int) (index - logPrevious.index() - 1);
  }

  /** Up to where the state machine is durable by itself. */
  long durableApplied() {
    return durableApplied;
  }

  /** What the state machine has applied, the entry with index i at i - 1. */
  List<Entry> applied() {
    return applied;
  }

  int writesInFlight() {
    return writing.size();
  }

  boolean hasToApply() {
    return !applying.isEmpty();
  }

  /** Starts over what is durable; the state machine still has everything up to this index. */
  void start(long lastApplied) {
    if (installed != null && !disk.has(installed.start().previous())) {
      disk.reset(installed.start()); // the state went first, and the log did not follow
    }
    log.clear();
    log.addAll(disk.entries());
    logPrevious =
        disk.firstIndex() == 1
            ? EntryId.NONE
            : new EntryId(disk.term(disk.firstIndex() - 1), disk.firstIndex() - 1);
    droppable = 0;
    applied.subList((int) lastApplied, applied.size()).clear();
    core = new RaftCore(id, config, disk.restored(lastApplied), disk, random, trace);
  }

  /** Loses everything in memory, and the writes in flight but for the oldest {@code kept}. */
  void crash(int kept) {
    core = null;
    for (int i = 0; i < kept; i++) {
      disk.write(writing.remove());
    }
    writing.clear();
    applying.clear();
  }

  void step(RaftEvent event) {
    core().step(event);
  }

  void receive(long from, Message message) {
    step(new RaftEvent.Receive(Members.id(from), message));
  }

  void tick(int times) {
    for (int i = 0; i < times; i++) {
      step(new RaftEvent.Tick());
    }
  }

  void propose(long ticket, String command) {
    step(new RaftEvent.Propose(List.of(proposal(ticket, command))));
  }

  static RaftEvent.Proposal proposal(long ticket, String command) {
    return new RaftEvent.Proposal(ticket, 0, text(command));
  }

  /** Takes the Ready: its write is in flight from now on, its entries wait to be applied. */
  Ready ready() {
    boolean announced = core().hasReady();
    Ready ready = core().ready();
    Invariant.check(announced || ready.equals(NOTHING), "hasReady denied %s", ready);
    ready.persist().ifPresent(this::handOut);
    ready.compactTo().ifPresent(this::forget);
    applying.addAll(ready.toApply());
    return ready;
  }

  /** The oldest writes in flight become durable, with one acknowledgement for all of them. */
  void sync(int writes) {
    long sequence = 0;
    if (droppable > 0) {
      disk.dropBefore(Math.min(droppable, disk.lastIndex() + 1));
    }
    for (int i = 0; i < writes; i++) {
      Persist write = writing.remove();
      disk.write(write);
      sequence = write.sequence();
    }
    step(new RaftEvent.Persisted(sequence));
  }

  /** The state machine applies the first of what it was handed. */
  List<Entry> apply(int entries) {
    List<Entry> range = List.copyOf(applying.subList(0, entries));
    applying.subList(0, entries).clear();
    for (Entry entry : range) {
      Invariant.check(
          entry.index() == applied.size() + 1, "applies %s after %d", entry.id(), applied.size());
      Invariant.check(disk.has(entry.id()), "applies %s, not durable here", entry.id());
      applied.add(entry);
      if (entry.kind() == EntryKind.VERIFY) {
        step(new RaftEvent.Digested(new StateDigest(entry.index(), digest())));
      }
    }
    step(new RaftEvent.Applied(applied.size()));
    return range;
  }

  /** From now on the state is not what the log made it; {@code how} tells two wrong ones apart. */
  void corruptState(String how) {
    corruption = how;
  }

  /** Of the commands applied: how many, and a hash. */
  private Payload digest() {
    int commands = 0;
    int hash = 0;
    for (Entry entry : applied) {
      if (entry.kind() == EntryKind.COMMAND) {
        commands++;
        hash = 31 * hash + entry.payload().hashCode();
      }
    }
    return text("%d#%s%s".formatted(commands, Integer.toHexString(hash), corruption));
  }

  private static Payload text(String text) {
    return Payload.wrap(text.getBytes(US_ASCII));
  }

  List<Entry> applyAll() {
    return apply(applying.size());
  }

  private void handOut(Persist write) {
    writing.add(write);
    write.start().ifPresent(this::restartLog);
    for (Entry entry : write.entries()) {
      log.subList(position(entry.index()), log.size()).clear();
      log.add(entry);
    }
  }

  private void restartLog(LogStart start) {
    log.clear();
    logPrevious = start.previous();
    droppable = 0;
  }

  /** The disk drops the prefix before its next write. */
  private void forget(long first) {
    Invariant.check(
        first - 1 <= durableApplied, "drops below %d, durable %d", first, durableApplied);
    EntryId last = idAt(first - 1).orElseThrow();
    log.subList(0, position(first)).clear();
    logPrevious = last;
    droppable = first;
  }

  /** The state machine has made itself durable up to here. */
  void flushed(long index) {
    durableApplied = Math.max(durableApplied, index);
    step(new RaftEvent.Compactable(durableApplied));
  }

  /** A snapshot up to this index, which the state machine has applied. */
  StateCopy copyOfState(long index) {
    return new StateCopy(applied.subList(0, (int) index), core().currentTerm());
  }

  /** Switches the state machine to a snapshot that is ahead of it; the log is told next. */
  boolean install(StateCopy copy) {
    if (copy.lastIndex() <= applied.size()) {
      return false;
    }
    applied.clear();
    applied.addAll(copy.applied());
    applying.removeIf(entry -> entry.index() <= copy.lastIndex());
    durableApplied = copy.lastIndex();
    installed = copy;
    return true;
  }

  /** Tells the core of the snapshot it was switched to. */
  void tellInstalled(StateCopy copy) {
    step(new RaftEvent.SnapshotInstalled(copy.start()));
  }
}
