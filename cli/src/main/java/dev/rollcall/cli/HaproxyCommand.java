package dev.rollcall.cli;

import com.google.gson.JsonObject;
import dev.rollcall.cli.lb.BackendKeeper;
import dev.rollcall.cli.lb.BackendKeeper.Pool;
import dev.rollcall.cli.lb.BackendKeeper.Totals;
import dev.rollcall.cli.lb.HaproxyRuntime;
import dev.rollcall.cli.lb.LoadBalancer;
import dev.rollcall.cli.lb.LoadBalancerException;
import dev.rollcall.cli.lb.Selection;
import dev.rollcall.cli.lb.Server;
import dev.rollcall.cli.lb.Step;
import dev.rollcall.client.Consistency;
import dev.rollcall.client.Lookup;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.cache.CacheState;
import dev.rollcall.client.cache.ServiceCache;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl lb haproxy}: services as servers of a running HAProxy. */
@Command(
    name = "haproxy",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Keeps the servers of a running HAProxy (2.6 or newer) as the registry says, by"
          + " its runtime API, until it is stopped: never a reload, never a file.",
      "Servers of HAProxy's own configuration are left alone. While the registry is"
          + " out of reach no backend is emptied, and when this ends, everything stays as"
          + " it is. docs/haproxy.md says how to configure HAProxy for it."
    })
final class HaproxyCommand implements Callable<Integer> {
  private static final Pattern BACKEND = Pattern.compile("[A-Za-z0-9._:-]+");

  @ParentCommand private LbCommand parent = new LbCommand();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--socket",
      paramLabel = "PATH|HOST:PORT",
      required = true,
      description = "Where 'stats socket … level admin' of HAProxy listens.")
  private String socket = "";

  @Option(
      names = "--backend",
      paramLabel = "BACKEND=SERVICE[,EXPRESSION]",
      required = true,
      description =
          "A backend and the service whose instances are its servers, or those of them for which"
              + " the expression holds, such as 'be=orders,meta.env == prod'. As often as there"
              + " are backends; each of them once.")
  private List<String> backends = new ArrayList<>();

  @Option(
      names = "--endpoint",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Which endpoint of the instances; their first without TLS when not given.")
  private String endpoint = "";

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      defaultValue = "",
      description = "Where HAProxy is: instances of other zones become backup servers.")
  private String zone = "";

  @Option(
      names = "--server-options",
      paramLabel = "OPTIONS",
      defaultValue = "check",
      description =
          "What stands behind 'server' in a configuration, for each server that is added;"
              + " '${DEFAULT-VALUE}' when not given. HAProxy does not go by default-server for"
              + " them.")
  private String serverOptions = "";

  @Option(
      names = "--tls-options",
      paramLabel = "OPTIONS",
      defaultValue = "verify required ca-file @system-ca",
      description =
          "Besides, behind 'ssl', where the endpoint wants TLS; '${DEFAULT-VALUE}' when not given.")
  private String tlsOptions = "";

  @Option(names = "--once", description = "Brings HAProxy up to date once, and ends.")
  private boolean isOnce;

  @Option(
      names = "--dry-run",
      description = "Prints once what HAProxy would be told, and tells it nothing.")
  private boolean isDryRun;

  @Option(
      names = "--summary",
      paramLabel = "DURATION",
      defaultValue = "5m",
      converter = Durations.class,
      description = "How often to print how it stands, 0s for never; ${DEFAULT-VALUE}.")
  private Duration summary = Duration.ofMinutes(5);

  /** One {@code --backend}. */
  private record Feed(String backend, String service, String filter) {}

  @Override
  public Integer call() throws InterruptedException {
    LoadBalancer haproxy = haproxy();
    List<Feed> feeds = feeds();
    var stop = StopSignal.install();
    try (RegistryClient client = parent.root().global().connect()) {
      int code = keep(haproxy, feeds, client, stop).code();
      stop.over(code);
      return code;
    } catch (LoadBalancerException e) {
      complain(String.valueOf(e.getMessage()));
      return e.kind() == LoadBalancerException.Kind.UNREACHABLE
          ? ExitCode.UNAVAILABLE.code()
          : ExitCode.USAGE.code();
    } finally {
      stop.failed();
    }
  }

  private ExitCode keep(
      LoadBalancer haproxy, List<Feed> feeds, RegistryClient client, StopSignal stop)
      throws InterruptedException {
    feeds.forEach(feed -> requireReadable(feed, client));
    List<ServiceCache> caches =
        feeds.stream().map(feed -> client.cache(feed.service, feed.filter)).toList();
    var pools = new ArrayList<Pool>();
    for (int i = 0; i < feeds.size(); i++) {
      Feed feed = feeds.get(i);
      pools.add(new Pool(feed.backend, feed.service, caches.get(i)::view));
    }
    var keeper =
        new BackendKeeper(
            isDryRun ? new DryRun(haproxy) : haproxy,
            pools,
            new Selection(endpoint, zone),
            lookup -> Thread.ofVirtual().start(lookup), // which nobody waits for at the end
            new Lines(haproxy));
    if (isOnce || isDryRun) {
      return once(keeper, caches);
    }
    stop.react(keeper::stop);
    for (ServiceCache cache : caches) {
      cache.addListener(change -> keeper.changed());
      cache.onStateChange(state -> keeper.changed());
    }
    keeper.run(summary, this::print);
    print(keeper.totals());
    return ExitCode.OK;
  }

  /** A watch with an expression that the registry cannot read would wait for a better one. */
  private static void requireReadable(Feed feed, RegistryClient client) {
    if (feed.filter.isEmpty()) {
      return;
    }
    try {
      client.resolve(
          Lookup.of(feed.service)
              .withFilter(feed.filter)
              .withLimit(1)
              .withConsistency(Consistency.any()));
    } catch (RegistryException.Unavailable e) {
      // Nobody could be asked: the watch will say so, for as long as it is so.
      return;
    }
  }

  private ExitCode once(BackendKeeper keeper, List<ServiceCache> caches)
      throws InterruptedException {
    Duration patience = parent.root().global().timeout();
    for (ServiceCache cache : caches) {
      if (!cache.awaitReady(patience)) {
        complain("nothing is known of " + cache.service() + cause(cache.state()));
        return ExitCode.UNAVAILABLE;
      }
    }
    return keeper.once(patience) ? ExitCode.OK : ExitCode.USAGE;
  }

  private static String cause(CacheState state) {
    return state instanceof CacheState.Empty(String cause) && !cause.isEmpty() ? ": " + cause : "";
  }

  private LoadBalancer haproxy() {
    try {
      return new HaproxyRuntime(socket, serverOptions, tlsOptions);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private List<Feed> feeds() {
    var feeds = new ArrayList<Feed>();
    var names = new HashSet<String>();
    for (String text : backends) {
      int equals = text.indexOf('=');
      int comma = text.indexOf(',');
      String backend = text.substring(0, Math.max(0, equals));
      if (!BACKEND.matcher(backend).matches() || (comma >= 0 && comma < equals)) {
        throw new ParameterException(
            spec.commandLine(),
            "--backend must be BACKEND=SERVICE[,EXPRESSION], not '" + text + "'");
      }
      if (!names.add(backend)) {
        throw new ParameterException(
            spec.commandLine(), "--backend " + backend + " is there twice");
      }
      String service = text.substring(equals + 1, comma < 0 ? text.length() : comma);
      feeds.add(new Feed(backend, service, comma < 0 ? "" : text.substring(comma + 1).strip()));
    }
    return feeds;
  }

  private void complain(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("registryctl: " + line);
    err.flush();
  }

  private void print(Totals totals) {
    if (parent.root().global().isJson()) {
      var json = new JsonObject();
      json.addProperty("event", "summary");
      json.addProperty("serving", totals.serving());
      json.addProperty("servers", totals.servers());
      json.addProperty("steps", totals.stepsTaken());
      json.addProperty("resyncs", totals.resyncs());
      json.addProperty("upToDate", totals.isUpToDate());
      print(Json.text(json));
    } else {
      print(
          "%d of %d servers get traffic; %d changes made; %d times told everything again; %s"
              .formatted(
                  totals.serving(),
                  totals.servers(),
                  totals.stepsTaken(),
                  totals.resyncs(),
                  totals.isUpToDate() ? "up to date" : "may be out of date"));
    }
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  /**
   * Prints what is done: each step is a line on standard output, what is noted one on the other.
   */
  private final class Lines implements BackendKeeper.Journal {
    private final LoadBalancer balancer;

    Lines(LoadBalancer balancer) {
      this.balancer = balancer;
    }

    @Override
    public void taken(Pool pool, Step step, long revision) {
      String words = balancer.words(pool.backend(), step);
      if (!parent.root().global().isJson()) {
        print(words + (isDryRun ? "" : "  (revision " + revision + ")"));
        return;
      }
      var json = new JsonObject();
      json.addProperty("event", "step");
      json.addProperty("backend", pool.backend());
      json.addProperty("service", pool.service());
      json.addProperty("id", step.key().instanceId());
      json.addProperty("command", words);
      json.addProperty("revision", revision);
      print(Json.text(json));
    }

    @Override
    public void noted(String line) {
      complain(line);
    }
  }

  /** Looks, and takes every step in vain. */
  private record DryRun(LoadBalancer balancer) implements LoadBalancer {
    @Override
    public Session open() {
      return new DrySession(balancer.open());
    }

    @Override
    public String words(String backend, Step step) {
      return balancer.words(backend, step);
    }
  }

  /** What {@link DryRun} opens. */
  private record DrySession(LoadBalancer.Session session) implements LoadBalancer.Session {
    @Override
    public String process() {
      return session.process();
    }

    @Override
    public List<Server> servers(String backend) {
      return session.servers(backend);
    }

    @Override
    public boolean apply(String backend, Step step) {
      return true;
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
