package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Payload;
import java.util.ArrayList;
import java.util.List;

/** A {@link Journal} that is being received. */
final class JournalStaging implements SnapshotStaging {
  private final LogStart start;
  private final List<String> commands = new ArrayList<>();
  private boolean isComplete;
  private boolean isWhole;
  private boolean isClosed;

  JournalStaging(LogStart start) {
    this.start = start;
  }

  @Override
  public LogStart start() {
    return start;
  }

  @Override
  public void add(Payload bytes) {
    String text = JournalSnapshot.text(bytes);
    if (text.equals(JournalSnapshot.END + commands.size())) {
      isComplete = true;
    } else if (text.startsWith(commands.size() + ":")) {
      commands.add(text.substring(text.indexOf(':') + 1));
    } else {
      throw rejected("%s after %d commands".formatted(text, commands.size()));
    }
  }

  @Override
  public void finish() {
    if (!isComplete) {
      throw rejected("no end");
    }
    isWhole = true;
  }

  @Override
  public void close() {
    isClosed = true;
  }

  List<String> commands() {
    return commands;
  }

  boolean isWhole() {
    return isWhole;
  }

  boolean isClosed() {
    return isClosed;
  }

  private static SnapshotRejected rejected(String message) {
    return new SnapshotRejected(message, new IllegalArgumentException(message));
  }
}
