package dev.rollcall.server;

import dev.rollcall.raft.bootstrap.NewHistory;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Restored;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.log.FileDisk;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.raft.log.WrongIdentity;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.StartFailure;
import dev.rollcall.server.replication.Replay;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.rocks.RocksOrderedStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * {@code registryd recover}: makes a cluster of one of a stopped node whose quorum is gone for
 * good. Everything in its log is kept, also what was never committed. The cluster id stays; the
 * history is a new one, in which this node is the only voter and the others' ids are removed, so
 * that whoever is left of the old history is refused.
 *
 * <p>In this order, each step durable before the next: the identity says that a recovery is under
 * way and into which history (from here on the node does not start, only recover does); the state
 * contains everything in the log; the new log stands beside the old one; they change places; the
 * identity says that the node belongs to the new history. A crash anywhere is mended by running it
 * again. The old log stays in the directory.
 */
final class LostQuorum {
  private static final Path LOG = Path.of("log");
  private static final Path NEW_LOG = Path.of("log.recovered");
  private static final String OLD_LOG = "log.before-";

  private final Path dataDirectory;
  private final NewHistory history;
  private final RandomGenerator random;

  /** What a recovery finds, for the operator to decide on. */
  record Findings(
      LogIdentity identity,
      Configuration configuration,
      EntryId last,
      long commitIndex,
      long lastApplied) {
    /** One line a fact. */
    String text() {
      long uncommitted = last.index() - commitIndex;
      String members =
          configuration.members().stream()
              .map(member -> member.id() + " at " + member.peerAddress())
              .collect(Collectors.joining("\n           "));
      return """
      node       %s
      cluster    %s
      history    %s
      members    %s
      log        ends at index %d of term %d; %d entries at its end are not known to be committed
      state      has applied up to index %d
      recover would keep all of it, begin a new history, and make this node the only voter. The
      other members are lost to the cluster: empty their directories and let them in again.
      """
          .formatted(
              identity.nodeId(),
              identity.clusterId(),
              identity.historyId(),
              members,
              last.index(),
              last.term(),
              uncommitted,
              lastApplied);
    }
  }

  private LostQuorum(Path dataDirectory, NewHistory history, RandomGenerator random) {
    this.dataDirectory = dataDirectory;
    this.history = history;
    this.random = random;
  }

  /**
   * Says what is there and, when it is confirmed, recovers.
   *
   * @return what to print
   */
  static String run(Path dataDirectory, boolean isConfirmed, RandomGenerator random) {
    if (!Files.isDirectory(dataDirectory)) {
      throw new StartFailure(
          ExitCode.DATA_DIRECTORY,
          "data-dir " + dataDirectory + " is not there",
          "name the node's");
    }
    try (FileDisk directory = FileDisk.open(dataDirectory)) {
      Quarantine.requireNone(dataDirectory);
      var recovery = new LostQuorum(dataDirectory, NewHistory.of(directory), random);
      if (!isConfirmed) {
        return recovery.findings().text() + "Nothing was done: repeat with --yes to do it.\n";
      }
      LogIdentity after = recovery.recover();
      return "recovered: node %s is the only member of history %s of cluster %s\n"
          .formatted(after.nodeId(), after.historyId(), after.clusterId());
    } catch (IOException e) {
      throw new StartFailure(
          ExitCode.DISK_FAILURE, "recovery failed: " + e, "look at the disk, then run it again", e);
    } catch (RuntimeException e) {
      throw FailureTable.of(e);
    }
  }

  private Findings findings() throws IOException {
    try (FileDisk disk = FileDisk.open(path(LOG));
        SegmentedLog log = SegmentedLog.open(disk, history.before(), LogConfig.DEFAULT);
        RegistryStore store = openStore()) {
      return findings(log, store);
    }
  }

  private Findings findings(SegmentedLog log, RegistryStore store) {
    long lastApplied = store.status().lastApplied();
    Restored restored = log.restored(lastApplied);
    return new Findings(
        history.before(),
        restored.configurations().getLast().configuration(),
        new EntryId(log.term(log.lastIndex()), log.lastIndex()),
        restored.commitIndex(),
        lastApplied);
  }

  private LogIdentity recover() throws IOException {
    LogIdentity after = history.begin(random);
    if (!isLogOf(after)) {
      if (Files.exists(path(LOG))) {
        prepare(after);
        move(path(LOG), dataDirectory.resolve(OLD_LOG + after.historyId()));
      }
      move(path(NEW_LOG), path(LOG));
    }
    history.end();
    return after;
  }

  /** The state gets everything, then the new log stands beside the old one. */
  private void prepare(LogIdentity after) throws IOException {
    try (FileDisk disk = FileDisk.open(path(LOG));
        SegmentedLog log = SegmentedLog.open(disk, history.before(), LogConfig.DEFAULT);
        RegistryStore store = openStore();
        FileDisk newDisk = FileDisk.open(path(NEW_LOG))) {
      Findings found = findings(log, store);
      var alone = new ConfigurationAt(found.last().index(), alone(found.configuration()));
      Replay.toTheEnd(log, store);
      SegmentedLog.createFrom(
              newDisk,
              after,
              LogConfig.DEFAULT,
              log.restored(found.last().index()).hardState(),
              new LogStart(found.last(), alone))
          .close();
    }
  }

  private Configuration alone(Configuration before) {
    NodeId self = history.nodeId();
    Member own =
        before
            .member(self)
            .orElseThrow(() ->
                new StartFailure(
                    ExitCode.REFUSED_TO_JOIN,
                    "this node is no member by its own log: it had not caught up, or was removed",
                    "recover another node of the cluster"));
    List<NodeId> removed = new ArrayList<>(before.removed());
    before.members().stream().map(Member::id).filter(id -> !id.equals(self)).forEach(removed::add);
    return new Configuration(List.of(own), List.of(), List.of(), removed, List.of());
  }

  private boolean isLogOf(LogIdentity identity) throws IOException {
    if (!Files.exists(path(LOG))) {
      return false;
    }
    try (FileDisk disk = FileDisk.open(path(LOG));
        SegmentedLog log = SegmentedLog.open(disk, identity, LogConfig.DEFAULT)) {
      return log.lastIndex() > 0;
    } catch (WrongIdentity e) {
      return false;
    }
  }

  private RegistryStore openStore() {
    return RegistryStore.open(RocksOrderedStore.open(dataDirectory.resolve("state")));
  }

  private void move(Path from, Path to) throws IOException {
    Files.move(from, to);
    try (FileChannel directory = FileChannel.open(dataDirectory, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private Path path(Path name) {
    return dataDirectory.resolve(name);
  }
}
