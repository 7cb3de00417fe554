import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs google-java-format over the sources of all modules: {@code check} fails when a file would
 * change, {@code write} changes it. The build starts this file on the newer JDK; see the root POM.
 */
final class Format {
  private Format() {}

  public static void main(String[] args) throws Exception {
    var write = args[0].equals("write");
    var arguments =
        new ArrayList<>(
            write ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    arguments.addAll(sources());
    var out = new PrintWriter(System.out, true);
    var err = new PrintWriter(System.err, true);
    var exit = new Main(out, err, System.in).format(arguments.toArray(String[]::new));
    if (exit != 0 && !write) {
      System.err.println("The files above are not formatted. bin/format does it.");
    }
    System.exit(exit);
  }

  private static List<String> sources() throws IOException {
    var found = new ArrayList<>(List.of("config/Format.java"));
    collectModules(Path.of(""), found);
    collectModules(Path.of("interop"), found);
    found.sort(null);
    return found;
  }

  private static void collectModules(Path parent, List<String> found) throws IOException {
    try (var modules = Files.newDirectoryStream(parent, Files::isDirectory)) {
      for (var module : modules) {
        for (var root : List.of("src/main/java", "src/test/java")) {
          collect(module.resolve(root), found);
        }
      }
    }
  }

  private static void collect(Path root, List<String> found) throws IOException {
    if (Files.isDirectory(root)) {
      try (var files = Files.walk(root)) {
        files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(found::add);
      }
    }
  }
}
