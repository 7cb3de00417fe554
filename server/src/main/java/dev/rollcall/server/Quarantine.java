package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.StartFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.LoggerFactory;

/**
 * The mark in a data directory whose state proved wrong. Whatever starts processes again would
 * start this one too, and until the next comparison it would serve what it should not, so that the
 * node itself refuses. Everything else in the directory stays as it is.
 */
final class Quarantine {
  /** Name of the file; for people, who may remove it. */
  static final String FILE = "DIVERGED";

  private Quarantine() {}

  /** Marks the directory, as durably as it can: the process ends for a worse reason anyway. */
  static void mark(Path dataDirectory, String why) {
    try (var file =
            FileChannel.open(
                dataDirectory.resolve(FILE),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        var directory = FileChannel.open(dataDirectory)) {
      file.write(ByteBuffer.wrap((why + "\n").getBytes(UTF_8)));
      file.force(true);
      directory.force(true);
    } catch (IOException e) {
      LoggerFactory.getLogger(Quarantine.class).error("{} could not be marked", dataDirectory, e);
    }
  }

  /**
   * Passes when there is no mark.
   *
   * @throws StartFailure when there is one
   */
  static void requireNone(Path dataDirectory) {
    Path mark = dataDirectory.resolve(FILE);
    if (Files.exists(mark)) {
      throw new StartFailure(
          ExitCode.STATE_DIVERGED,
          "this node stopped because of its state: " + text(mark),
          "replace the node; remove %s only if its state is known to be right".formatted(mark));
    }
  }

  private static String text(Path mark) {
    try {
      return Files.readString(mark, UTF_8).strip();
    } catch (IOException e) {
      return "see " + mark;
    }
  }
}
