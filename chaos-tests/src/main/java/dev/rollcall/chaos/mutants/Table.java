package dev.rollcall.chaos.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A table of mutants, in print and in the README.md beside the patches. */
final class Table {
  private static final String BEGIN = "<!-- from here to the end: bin/mutants --table -->\n";
  private static final String END = "<!-- end -->\n";
  private static final Pattern ROW = Pattern.compile("\\| `(\\S+)` \\|.*\\| \\d+ \\((\\d+)\\) \\|");

  private Table() {}

  static String of(List<Verdict> verdicts) {
    var text = new StringBuilder();
    text.append("| mutant | what it breaks | killed by | seeds needed |\n|---|---|---|---|\n");
    for (Verdict verdict : verdicts) {
      text.append(
          "| `%s` | %s | %s | %s |%n"
              .formatted(
                  verdict.mutant().name(),
                  verdict.mutant().what(),
                  verdict.killers(),
                  verdict.seeds()));
    }
    return text.toString();
  }

  /** Puts the table in the place of the one that the file has. */
  static void write(Path readme, String table) throws IOException {
    String text = Files.readString(readme);
    int from = text.indexOf(BEGIN);
    int to = text.indexOf(END);
    if (from < 0 || to < from) {
      throw new IOException(readme + " has no place for the table");
    }
    Files.writeString(
        readme, text.substring(0, from) + BEGIN + "\n" + table + "\n" + text.substring(to));
  }

  /** Of each mutant in the file's table that dies by seeds, the most that it needed. */
  static Map<String, Long> seedsNeeded(Path readme) throws IOException {
    var needed = new TreeMap<String, Long>();
    for (String line : Files.readAllLines(readme)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        needed.put(row.group(1), Long.parseLong(row.group(2)));
      }
    }
    return needed;
  }
}
