package dev.rollcall.chaos.mutants;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One known breakage: a patch of one hunk, with a head that says what it is.
 *
 * @param patch absolute
 * @param what it breaks, one sentence
 * @param source where the mistake was made before, or which rule it breaks
 * @param gate what must fail
 * @param seconds virtual seconds of a run under faults, where that gate is the simulation
 */
record Mutant(Path patch, String what, String source, Gate gate, int seconds) {
  /** Where the patches are, from the root of the sources. */
  static final List<String> DIRECTORIES = List.of("raft/mutants", "store/mutants");

  private static final Pattern NAME = Pattern.compile("([a-z]?\\d\\d)-[a-z0-9-]+\\.patch");
  private static final Pattern HEAD = Pattern.compile("([A-Z][a-z ]+): (.+)");
  private static final Pattern TARGET = Pattern.compile("\\+\\+\\+ b/(([^/]+)/.+\\.java)");
  private static final Pattern HUNK = Pattern.compile("@@ .*");
  private static final int SECONDS = 20;

  /** The code as it is. */
  static final Mutant NONE =
      new Mutant(Path.of("00-none.patch"), "nothing", "", new Gate.Simulation(), SECONDS);

  /** All that there are, by directory and number. */
  static List<Mutant> all(Path home) {
    return DIRECTORIES.stream().flatMap(each -> in(home.resolve(each)).stream()).toList();
  }

  /** All in this directory, by number. */
  static List<Mutant> in(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
          .sorted()
          .map(Mutant::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a patch.
   *
   * @throws IllegalArgumentException when it is not of the form that raft/mutants/README.md asks
   *     for
   */
  static Mutant read(Path patch) {
    String what = "";
    String source = "";
    String killedBy = "";
    int seconds = SECONDS;
    for (String line : lines(patch)) {
      Matcher head = HEAD.matcher(line);
      if (line.startsWith("diff ") || line.startsWith("--- ")) {
        break;
      }
      if (head.matches()) {
        switch (head.group(1)) {
          case "What" -> what = head.group(2);
          case "Source" -> source = head.group(2);
          case "Killed by" -> killedBy = head.group(2);
          case "Seconds" -> seconds = Integer.parseInt(head.group(2));
          default -> {}
        }
      }
    }
    if (what.isEmpty() || source.isEmpty() || killedBy.isEmpty()) {
      throw new IllegalArgumentException(patch + " lacks a line What, Source or Killed by");
    }
    return new Mutant(patch, what, source, Gate.parse(killedBy), seconds);
  }

  /** Number and words. */
  String name() {
    return patch.getFileName().toString().replace(".patch", "");
  }

  /** Unlike that of any other, in whatever directory. */
  String number() {
    return name().substring(0, name().indexOf('-'));
  }

  /** The one file that it changes, from the root of the sources. */
  String file() {
    return target(1);
  }

  /** The module that the file is in. */
  String module() {
    return target(2);
  }

  /**
   * What is wrong with the form of the patch: more than one hunk, or than one line around it, which
   * would keep it from applying while other code near by changes.
   */
  List<String> faults() {
    var faults = new ArrayList<String>();
    List<String> lines = lines(patch);
    List<Integer> hunks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (HUNK.matcher(lines.get(i)).matches()) {
        hunks.add(i);
      }
    }
    if (hunks.size() != 1 || lines.stream().filter(line -> line.startsWith("+++ ")).count() != 1) {
      faults.add(name() + " is not one hunk of one file");
      return faults;
    }
    List<String> body = lines.subList(hunks.getFirst() + 1, lines.size());
    long before = body.stream().takeWhile(line -> line.startsWith(" ")).count();
    long after = body.reversed().stream().takeWhile(line -> line.startsWith(" ")).count();
    long context = body.stream().filter(line -> line.startsWith(" ")).count();
    if (before > 1 || after > 1 || context > before + after) {
      faults.add(name() + " has more than one line of context before or after its change");
    }
    return faults;
  }

  private String target(int group) {
    return lines(patch).stream()
        .map(TARGET::matcher)
        .filter(Matcher::matches)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(patch + " changes no Java file"))
        .group(group);
  }

  private static List<String> lines(Path patch) {
    try {
      return Files.readAllLines(patch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
