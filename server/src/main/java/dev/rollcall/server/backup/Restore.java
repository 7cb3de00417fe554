package dev.rollcall.server.backup;

import dev.rollcall.raft.bootstrap.RestoredNode;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.FileDisk;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.HostPort;
import dev.rollcall.server.config.ServerConfig;
import dev.rollcall.server.config.StartFailure;
import dev.rollcall.store.Features;
import dev.rollcall.store.RestoredRegistry;
import dev.rollcall.store.SnapshotContents;
import dev.rollcall.store.rocks.RocksOrderedStore;
import dev.rollcall.store.snapshot.DamagedSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Makes an empty data directory that of a new node, which holds what a backup holds: the only voter
 * of a new history of the old cluster, whom others then join. In this order, each step durable
 * before the next: the directory is marked, so that no node starts on it; the state; the log behind
 * it; the identity; the mark goes. What fails leaves the directory as it was, and after a crash the
 * same command begins again.
 */
final class Restore {
  /** Of the history that begins here, in which nobody has voted yet. */
  private static final long TERM = 1;

  private final Path path;
  private final ServerConfig config;
  private final Features features;
  private final RandomGenerator random;

  Restore(Path path, ServerConfig config, Features features, RandomGenerator random) {
    this.path = path;
    this.config = config;
    this.features = features;
    this.random = random;
  }

  /** Does it; says what was done. */
  String run() {
    try (var file = BackupFile.open(path);
        var directory = RestoredDirectory.prepare(config.dataDir())) {
      var node =
          RestoredNode.draw(ClusterId.of(file.manifest().getClusterId().toByteArray()), random);
      SnapshotContents contents = restoreState(file, directory);
      beginLog(node.logIdentity(), contents.lastApplied(), directory);
      directory.complete(node);
      return said(node.logIdentity(), contents);
    } catch (IOException e) {
      throw new StartFailure(
          ExitCode.DISK_FAILURE,
          "the restore failed: " + e,
          "look at the disk of data-dir, then run it again",
          e);
    }
  }

  private SnapshotContents restoreState(BackupFile file, RestoredDirectory directory) {
    try (var rows = RocksOrderedStore.open(directory.state())) {
      var registry = new RestoredRegistry(rows, features);
      file.forEachChunk(registry::add);
      SnapshotContents contents;
      try {
        contents = registry.finish();
      } catch (DamagedSnapshot e) {
        throw file.damaged("it is cut short behind its last whole chunk");
      }
      BackupReport.requireFits(file, contents, contents.lastApplied());
      return contents;
    }
  }

  private void beginLog(LogIdentity identity, long lastApplied, RestoredDirectory directory)
      throws IOException {
    var own =
        new Member(
            identity.nodeId(),
            advertised(config.peer(), "peer"),
            advertised(config.client(), "client"));
    var alone = new ConfigurationAt(lastApplied, Configuration.ofVoters(List.of(own)));
    try (FileDisk disk = FileDisk.open(directory.log())) {
      SegmentedLog.createFrom(
              disk,
              identity,
              new LogConfig(config.logSegmentBytes(), LogConfig.DEFAULT.batchBytesMax()),
              new HardState(TERM, Optional.empty()),
              new LogStart(new EntryId(TERM, lastApplied), alone))
          .close();
    }
  }

  /** Where it will be reached; a port that is only known once it listens is replaced then. */
  private static String advertised(ServerConfig.Listener listener, String what) {
    HostPort address = listener.advertisedAt(listener.bind().port());
    if (address.port() == 0) {
      throw new StartFailure(
          ExitCode.USAGE,
          "%s-listen has no port: others are to find this node there".formatted(what),
          "give restore the settings that the node will be started with");
    }
    return address.toString();
  }

  private String said(LogIdentity identity, SnapshotContents contents) {
    return """
    restored %s into %s
    node %s is the only member of history %s of cluster %s, at %s
    revision %d of the backup became %d; sessions and the change log began anew
    start it with the same settings; let others join with empty directories (registryd --join)
    """
        .formatted(
            path,
            config.dataDir(),
            identity.nodeId(),
            identity.historyId(),
            identity.clusterId(),
            config.peer().advertisedAt(config.peer().bind().port()),
            contents.revision(),
            RestoredRegistry.stepped(contents.revision()));
  }
}
