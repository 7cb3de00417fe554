package dev.rollcall.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** The command line of {@code registryd snapshot}. */
final class SnapshotFlags {
  /** The first argument that asks for it. */
  static final String VERB = "snapshot";

  private static final String SEE_HELP = "see registryd snapshot --help";
  private static final String USAGE =
      """
      Usage: registryd snapshot verify FILE
             registryd snapshot inspect FILE [--json]
             registryd snapshot restore FILE [--<name>=<value>]...

      What is done with a backup that registryctl snapshot save wrote. No node need run.

      verify   reads all of it: checksums, order, number of rows, digest.
      inspect  says what is in it; --json says it to programs.
      restore  prepares an empty data directory: of one node, which will be the only member of a new
               history of the old cluster. Takes the settings that the node will then be started
               with (registryd --help), --data-dir before all. The others join it with empty
               directories (registryd --join). Revisions go on far behind those of the backup, so
               that clients and caches take it for what it is. See docs/backup.md.

      Exit codes: 0 done, 2 usage, 4 directory not empty or in use, 7 disk failed, 11 backup damaged
      or cut short, 12 backup of a version that this one cannot read.
      """;

  /**
   * Reads the arguments behind the verb.
   *
   * @param settings reads those of a node
   * @throws StartFailure in one line
   */
  Invocation read(List<String> arguments, Function<List<String>, Invocation> settings) {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      return new Invocation.Print(USAGE);
    }
    String verb = arguments.isEmpty() ? "" : arguments.getFirst();
    List<String> rest = arguments.subList(Math.min(2, arguments.size()), arguments.size());
    return switch (verb) {
      case "verify" -> {
        requireNone(rest);
        yield new Invocation.VerifySnapshot(file(arguments));
      }
      case "inspect" -> {
        boolean isJson = rest.equals(List.of("--json"));
        requireNone(isJson ? List.of() : rest);
        yield new Invocation.InspectSnapshot(file(arguments), isJson);
      }
      case "restore" -> restore(file(arguments), settings.apply(rest));
      case "" -> throw usage("a verb is missing: verify, inspect or restore");
      default -> throw usage("no such verb: '" + verb + "'");
    };
  }

  private static Invocation restore(Path file, Invocation settings) {
    if (settings instanceof Invocation.Run(ServerConfig config)) {
      if (config.join().isPresent()) {
        throw usage("join and restore exclude each other: the node will be there already");
      }
      return new Invocation.RestoreSnapshot(file, config);
    }
    return settings;
  }

  private static Path file(List<String> arguments) {
    if (arguments.size() < 2 || arguments.get(1).startsWith("-")) {
      throw usage("the backup file is missing: it follows on the verb");
    }
    try {
      return Path.of(arguments.get(1));
    } catch (InvalidPathException e) {
      throw usage("not a path: '" + arguments.get(1) + "'");
    }
  }

  private static void requireNone(List<String> rest) {
    if (!rest.isEmpty()) {
      throw usage("unknown argument '" + rest.getFirst() + "'");
    }
  }

  private static StartFailure usage(String what) {
    return new StartFailure(ExitCode.USAGE, what, SEE_HELP);
  }
}
