package dev.rollcall.cli;

import com.google.gson.JsonObject;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.changes.ChangeQuery;
import dev.rollcall.client.keys.KeyEntry;
import dev.rollcall.client.keys.KeyPut;
import dev.rollcall.client.keys.KeyQuery;
import dev.rollcall.client.keys.KeyValues;
import dev.rollcall.client.keys.KeyWritten;
import dev.rollcall.client.keys.KeysDeleted;
import dev.rollcall.client.keys.Value;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl kv}: keys and values beside the services. */
@Command(
    name = "kv",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Reads, writes and watches keys of the namespace: small settings, locks, leaders.",
    footer = {
      "",
      "Example:",
      "  registryctl kv put orders/limit 100",
      "  registryctl kv put orders/limit 200 --expect-revision 17",
      "  registryctl kv range orders/"
    },
    subcommands = {
      KvCommand.GetCommand.class,
      KvCommand.PutCommand.class,
      KvCommand.DeleteCommand.class,
      KvCommand.RangeCommand.class,
      KvCommand.WatchCommand.class
    })
final class KvCommand implements Runnable {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing: get, put, delete, range or watch");
  }

  /** {@code registryctl kv get}. */
  @Command(
      name = "get",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Prints the value of a key, and no more. Exits with 1 when there is none.")
  static final class GetCommand implements Callable<Integer> {
    @ParentCommand private KvCommand parent = new KvCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "KEY", description = "Which.")
    private String key = "";

    @ArgGroup private Freshness freshness = new Freshness();

    @Override
    public Integer call() {
      try (RegistryClient client = parent.root.global().connect()) {
        Optional<KeyEntry> found = client.keys().get(key, freshness.level());
        if (found.isEmpty()) {
          spec.commandLine().getErr().println("registryctl: no such key: " + key);
          return ExitCode.NOT_FOUND.code();
        }
        parent.root.print(spec, KeyJson.entry(found.get()), found.get().value().text());
        return ExitCode.OK.code();
      }
    }
  }

  /** {@code registryctl kv put}. */
  @Command(
      name = "put",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Sets a key. Takes effect once, however often it had to be sent.")
  static final class PutCommand implements Callable<Integer> {
    @ParentCommand private KvCommand parent = new KvCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "KEY", description = "Which.")
    private String key = "";

    @Parameters(
        index = "1",
        paramLabel = "VALUE",
        description = "To what, up to 512 KiB; - means what is on standard input.")
    private String value = "";

    @Option(
        names = "--lease",
        paramLabel = "LEASE",
        description = "The key goes with this lease; see 'lease grant'.")
    private long lease;

    @Option(
        names = "--expect-revision",
        paramLabel = "REV",
        description = "Only if it was last changed at this revision; 0: if there is none.")
    private @Nullable Long expectedRevision;

    @Override
    public Integer call() throws IOException {
      KeyPut put = KeyPut.of(key, read()).underLease(lease);
      if (expectedRevision != null) {
        put = put.expecting(expectedRevision);
      }
      try (RegistryClient client = parent.root.global().connect()) {
        KeyWritten written = client.keys().put(put);
        long revision = written.entry().modRevision();
        parent.root.print(
            spec, KeyJson.entry(written.entry()), "put " + key + " at revision " + revision);
        return ExitCode.OK.code();
      }
    }

    private Value read() throws IOException {
      return value.equals("-") ? Value.of(System.in.readAllBytes()) : Value.of(value);
    }
  }

  /** {@code registryctl kv delete}. */
  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Deletes a key. Exits with 1 when there was nothing to delete.")
  static final class DeleteCommand implements Callable<Integer> {
    @ParentCommand private KvCommand parent = new KvCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "KEY", description = "Which.")
    private String key = "";

    @Option(names = "--prefix", description = "All that begin so, up to 1,000.")
    private boolean isPrefix;

    @Option(
        names = "--expect-revision",
        paramLabel = "REV",
        description = "Only if it was last changed at this revision.")
    private @Nullable Long expectedRevision;

    @Override
    public Integer call() {
      if (isPrefix && expectedRevision != null) {
        throw new ParameterException(
            spec.commandLine(), "--prefix and --expect-revision exclude each other");
      }
      try (RegistryClient client = parent.root.global().connect()) {
        KeysDeleted deleted = delete(client.keys());
        var json = new JsonObject();
        json.addProperty("deleted", deleted.count());
        json.addProperty("revision", deleted.revision());
        parent.root.print(spec, json, "deleted " + deleted.count());
        return (deleted.count() > 0 ? ExitCode.OK : ExitCode.NOT_FOUND).code();
      }
    }

    private KeysDeleted delete(KeyValues keys) {
      if (isPrefix) {
        return keys.deletePrefix(key);
      }
      return expectedRevision == null ? keys.delete(key) : keys.delete(key, expectedRevision);
    }
  }

  /** {@code registryctl kv range}. */
  @Command(
      name = "range",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Prints the keys that begin so, in order.")
  static final class RangeCommand implements Callable<Integer> {
    @ParentCommand private KvCommand parent = new KvCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "PREFIX",
        description = "What they begin with; all of the namespace when not given.")
    private String prefix = "";

    @Option(names = "--keys-only", description = "Leaves the values out.")
    private boolean isKeysOnly;

    @ArgGroup private Freshness freshness = new Freshness();

    @Override
    public Integer call() {
      KeyQuery query = KeyQuery.prefix(prefix).withConsistency(freshness.level());
      try (RegistryClient client = parent.root.global().connect()) {
        List<KeyEntry> found = client.keys().rangeAll(isKeysOnly ? query.withoutValues() : query);
        PrintWriter out = spec.commandLine().getOut();
        if (parent.root.global().isJson()) {
          out.println(Json.text(Json.array(found, KeyJson::entry)));
          out.flush();
        } else {
          var table = new Table("KEY", "VALUE", "REVISION", "VERSION", "LEASE");
          for (KeyEntry entry : found) {
            String lease = entry.leaseId() == 0 ? "-" : Long.toString(entry.leaseId());
            table.row(
                entry.key(), entry.value().text(), entry.modRevision(), entry.version(), lease);
          }
          table.print(out);
        }
        return ExitCode.OK.code();
      }
    }
  }

  /** {@code registryctl kv watch}. */
  @Command(
      name = "watch",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Prints every change of a key, one a line, until it is stopped. Exits with 7 when the",
        "changes asked for are not kept any more."
      })
  static final class WatchCommand implements Callable<Integer> {
    @ParentCommand private KvCommand parent = new KvCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "KEY", description = "Which.")
    private String key = "";

    @Option(names = "--prefix", description = "All that begin so.")
    private boolean isPrefix;

    @Mixin private ChangeOptions changes = new ChangeOptions();

    @Override
    public Integer call() throws InterruptedException {
      ChangeQuery query = isPrefix ? ChangeQuery.keys(key) : ChangeQuery.key(key);
      return changes.follow(query, parent.root.global(), spec).code();
    }
  }
}
