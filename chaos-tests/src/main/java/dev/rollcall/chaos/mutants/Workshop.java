package dev.rollcall.chaos.mutants;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Makes mutants: copies the sources of the module that a patch changes, applies it to the copy and
 * compiles that against the classes this process runs with. All of the module, since the value of a
 * constant is compiled into every class that uses it. Any thread.
 */
final class Workshop {
  private static final String RELEASE = "21";

  private final Path home;
  private final Path scratch;

  /**
   * @param home root of the sources
   * @param scratch an empty directory for copies and classes
   */
  Workshop(Path home, Path scratch) {
    this.home = home.toAbsolutePath().normalize();
    this.scratch = scratch;
  }

  /** What git says against applying the patch to the sources; empty when nothing. */
  Optional<String> refusal(Mutant mutant) throws IOException, InterruptedException {
    return git(home, "apply", "--check", mutant.patch().toString());
  }

  /** Of the sources; none where they came without their history. */
  Optional<String> commit() throws IOException, InterruptedException {
    Process git = start(home, "rev-parse", "HEAD");
    String output = new String(git.getInputStream().readAllBytes(), UTF_8).strip();
    return git.waitFor() == 0 ? Optional.of(output) : Optional.empty();
  }

  /**
   * Returns a class path on which the mutant's classes come before the sound ones.
   *
   * @throws IllegalStateException when the patch does not apply or the result does not compile
   */
  String make(Mutant mutant) throws IOException, InterruptedException {
    Path copy = scratch.resolve(mutant.name());
    Path sources = copy.resolve(mutant.module()).resolve("src/main/java");
    copy(home.resolve(mutant.module()).resolve("src/main/java"), sources);
    Optional<String> refusal = git(copy, "apply", mutant.patch().toString());
    if (refusal.isPresent()) {
      throw new IllegalStateException(mutant.name() + " does not apply: " + refusal.get());
    }
    Path classes = Files.createDirectories(copy.resolve("classes"));
    compile(mutant, sources, classes);
    return classes + File.pathSeparator + classPath();
  }

  /** What this process runs with. */
  static String classPath() {
    return System.getProperty("java.class.path");
  }

  private static void compile(Mutant mutant, Path sources, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalStateException("mutants are compiled: this needs a JDK, not only a JRE");
    }
    var messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
      List<String> options =
          List.of(
              "--release",
              RELEASE,
              "-proc:none",
              "-nowarn",
              "-Xlint:none",
              "-implicit:none",
              "-cp",
              classPath(),
              "-d",
              classes.toString());
      var units = files.getJavaFileObjectsFromPaths(sourcesIn(sources));
      if (!compiler.getTask(messages, files, null, options, null, units).call()) {
        throw new IllegalStateException(mutant.name() + " does not compile:\n" + messages);
      }
    }
  }

  private static List<Path> sourcesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path each : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(target);
        } else {
          Files.copy(each, target);
        }
      }
    }
  }

  /** Runs git in a directory that it takes for the root; returns what it complains of. */
  private static Optional<String> git(Path directory, String... arguments)
      throws IOException, InterruptedException {
    Process git = start(directory, arguments);
    String output = new String(git.getInputStream().readAllBytes(), UTF_8).strip();
    return git.waitFor() == 0 ? Optional.empty() : Optional.of(output);
  }

  private static Process start(Path directory, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    // Inside another repository git would take paths from its root, and pass over all of ours.
    builder.environment().put("GIT_CEILING_DIRECTORIES", directory.resolveSibling("").toString());
    return builder.start();
  }
}
