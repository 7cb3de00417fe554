package dev.rollcall.chaos.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file with one history, in whichever of the known formats its first line is. */
record HistoryFile<S, I, O>(Model<S, I, O> model, List<Operation<I, O>> history) {
  static HistoryFile<?, ?, ?> read(Path file) throws IOException, UnreadableHistory {
    List<String> lines = lines(file);
    String first = lines.stream().filter(line -> !line.isBlank()).findFirst().orElse("");
    HistoryFile<?, ?, ?> read;
    if (first.startsWith(KeyValueLog.BEGINNING)) {
      read = new HistoryFile<>(new KeyValueModel(), KeyValueLog.read(lines));
    } else if (first.startsWith(RegisterLog.BEGINNING)) {
      read = new HistoryFile<>(new RegisterModel(), RegisterLog.read(lines));
    } else {
      throw new UnreadableHistory(
          "neither a register's log, which begins with '%s', nor a key-value history, with '%s'"
              .formatted(RegisterLog.BEGINNING, KeyValueLog.BEGINNING));
    }
    if (read.history.isEmpty()) {
      throw new UnreadableHistory("not one operation");
    }
    return read;
  }

  Verdict check(Budget budget) {
    return LinearizabilityChecker.check(model, history, budget);
  }

  /** The lines of a text file. */
  static List<String> lines(Path file) throws IOException, UnreadableHistory {
    try {
      return Files.readAllLines(file, UTF_8);
    } catch (CharacterCodingException e) {
      throw new UnreadableHistory("no text: not UTF-8");
    }
  }
}
