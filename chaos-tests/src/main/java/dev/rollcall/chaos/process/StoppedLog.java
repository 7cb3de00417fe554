package dev.rollcall.chaos.process;

import dev.rollcall.client.NodeStatus;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.FileDisk;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Reads the log of a node that does not run, from a copy, since opening a log rewrites its end. */
final class StoppedLog {
  private StoppedLog() {}

  /**
   * The commit index recorded in the log.
   *
   * @param dataDirectory of the node
   * @param status of the node, from when it ran
   * @param scratch for the copy; must not exist, and is left behind
   */
  static long commitIndex(Path dataDirectory, NodeStatus status, Path scratch) {
    HexFormat hex = HexFormat.of();
    var identity =
        new LogIdentity(
            ClusterId.of(hex.parseHex(status.clusterId())),
            HistoryId.of(hex.parseHex(status.historyId())),
            NodeId.parse(status.nodeId()),
            0);
    try {
      Files.createDirectories(scratch);
      try (DirectoryStream<Path> segments =
          Files.newDirectoryStream(dataDirectory.resolve("log"), "*.log")) {
        for (Path segment : segments) {
          Files.copy(segment, scratch.resolve(segment.getFileName()));
        }
      }
      try (FileDisk disk = FileDisk.open(scratch);
          SegmentedLog log = SegmentedLog.open(disk, identity, LogConfig.DEFAULT)) {
        return log.restored(0).commitIndex();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a node's log", e);
    }
  }
}
