package dev.rollcall.chaos.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The {@code verdicts.tsv} of a folder: which of its histories are linearizable.
 *
 * @param byFile in the order of the list
 */
record ToldVerdicts(Path folder, Map<String, Boolean> byFile) {
  static final String NAME = "verdicts.tsv";

  private static final String HEADER = "file\tlinearizable";

  static ToldVerdicts read(Path folder) throws IOException, UnreadableHistory {
    List<String> lines = HistoryFile.lines(folder.resolve(NAME));
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
      throw new UnreadableHistory(1, "the header must be 'file', a tab, 'linearizable'");
    }
    Map<String, Boolean> byFile = new LinkedHashMap<>();
    for (int number = 2; number <= lines.size(); number++) {
      String line = lines.get(number - 1);
      if (line.isBlank()) {
        continue;
      }
      String[] cells = line.split("\t", -1);
      boolean isVerdict = cells.length == 2 && cells[1].matches("true|false");
      if (!isVerdict || cells[0].isBlank() || cells[0].contains("/")) {
        throw new UnreadableHistory(number, "not a file, a tab and true or false: " + line);
      }
      if (byFile.put(cells[0], Boolean.valueOf(cells[1])) != null) {
        throw new UnreadableHistory(number, "a second verdict for " + cells[0]);
      }
    }
    if (byFile.isEmpty()) {
      throw new UnreadableHistory("not one verdict");
    }
    return new ToldVerdicts(folder, byFile);
  }

  /** Files of the folder that are not in the list and look like none of its papers, by name. */
  List<String> untold() throws IOException {
    var untold = new TreeSet<String>();
    try (var files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
      for (Path file : files) {
        untold.add(file.getFileName().toString());
      }
    }
    untold.removeAll(byFile.keySet());
    untold.removeIf(ToldVerdicts::isPaper);
    return new ArrayList<>(untold);
  }

  private static boolean isPaper(String name) {
    return name.equals(NAME)
        || name.startsWith(".")
        || name.startsWith("LICENSE")
        || name.endsWith(".md");
  }
}
