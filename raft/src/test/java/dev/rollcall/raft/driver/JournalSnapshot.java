package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A {@link Journal} at one moment; a piece is a command, and the last one says how many there are.
 */
record JournalSnapshot(long lastIndex, List<String> commands, Runnable onClose)
    implements StateSnapshot {
  static final String END = "end ";

  @Override
  public Chunk chunk(Payload after, int bytesMax) {
    int at = after.length() == 0 ? 0 : Integer.parseInt(text(after));
    return at == commands.size()
        ? new Chunk(bytes(END + at), bytes(String.valueOf(at)), true)
        : new Chunk(bytes(at + ":" + commands.get(at)), bytes(String.valueOf(at + 1)), false);
  }

  @Override
  public void close() {
    onClose.run();
  }

  static String text(Payload bytes) {
    return new String(bytes.bytes(), StandardCharsets.UTF_8);
  }

  static Payload bytes(String text) {
    return Payload.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
