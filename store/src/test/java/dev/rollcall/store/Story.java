package dev.rollcall.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.LoadBalancing;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSpec;
import dev.rollcall.store.instance.Standing;
import dev.rollcall.store.instance.Status;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A registry that is told what to do line by line, and tells what came of it.
 *
 * <pre>
 * register KEY=INCARNATION … ttl=MILLIS | lease=ID [weight=N]
 * update KEY=INCARNATION [weight=N] [status=S] [session=ID sequence=N known=N]
 * deregister KEY=INCARNATION
 * expire ID …
 * grant NAMESPACE ttl=MILLIS [session=ID sequence=N known=N]
 * revoke ID
 * engage NAMESPACE
 * release NAMESPACE [by=WHO]
 * suspect ID …
 * trust ID …
 * compact REVISION
 * log FROM-REVISION
 * lifecycle KEY=INCARNATION LIFECYCLE [grace=MILLIS]
 * override KEY= status=S actor=WHO [reason=WHY] [ttl=MILLIS]
 * clear KEY=
 * spec SERVICE [team=T] [default-ttl=MILLIS] [floor=N] [expect=REVISION]
 * unspec SERVICE [expect=REVISION]
 * raise LEVEL             of the features
 * session                 opens one
 * nothing                 an entry without a command
 * wall +MILLIS            for the entries from here on
 * reopen                  as after an orderly stop
 * software LEVEL          reopens with a version that knows levels up to this one
 * show SERVICE            its instances;  leases;  guards;  services NAMESPACE;  status;  rows
 * </pre>
 */
final class Story {
  private final StoreUnderTest registry = new StoreUnderTest();

  String run(String line) {
    try {
      return told(line);
    } catch (UnknownFeatureLevel e) {
      return "stops: " + e.getMessage() + "\n";
    }
  }

  private String told(String line) {
    var words = new ArrayList<>(List.of(line.strip().split(" +", -1)));
    String verb = words.removeFirst();
    var options = new TreeMap<String, String>();
    var names = new ArrayList<String>();
    for (String word : words) {
      int at = word.indexOf('=');
      if (at > 0 && word.indexOf('/') < 0) {
        options.put(word.substring(0, at), word.substring(at + 1));
      } else {
        names.add(word);
      }
    }
    return switch (verb) {
      case "register" -> applied(Request.of(register(names, options)));
      case "update" -> applied(new Request(update(names.getFirst(), options), repeat(options)));
      case "deregister" ->
          applied(
              Request.of(
                  new Command.Deregister(key(names.getFirst()), incarnation(names.getFirst()))));
      case "expire" ->
          applied(Request.of(new Command.ExpireLeases(names.stream().map(Long::valueOf).toList())));
      case "grant" -> applied(new Request(grant(names.getFirst(), options), repeat(options)));
      case "revoke" ->
          applied(Request.of(new Command.RevokeLease(Long.parseLong(names.getFirst()))));
      case "engage" -> applied(Request.of(new Command.EngageGuard(names.getFirst())));
      case "release" ->
          applied(
              Request.of(
                  new Command.ReleaseGuard(names.getFirst(), options.getOrDefault("by", ""))));
      case "suspect" -> applied(Request.of(new Command.SuspectLeases(ids(names))));
      case "trust" -> applied(Request.of(new Command.TrustLeases(ids(names))));
      case "guards" -> guards();
      case "raise" ->
          applied(Request.of(new Command.RaiseFeatureLevel(Integer.parseInt(names.getFirst()))));
      case "compact" ->
          applied(Request.of(new Command.CompactChanges(Long.parseLong(names.getFirst()))));
      case "log" -> log(Long.parseLong(names.getFirst()));
      case "software" -> {
        registry.features = LaterVersion.knowing(Integer.parseInt(names.getFirst()));
        registry.reopen();
        yield "";
      }
      case "lifecycle" -> applied(Request.of(lifecycle(names, options)));
      case "override" -> applied(Request.of(override(names.getFirst(), options)));
      case "clear" -> applied(Request.of(new Command.ClearOverride(key(names.getFirst()))));
      case "spec" -> applied(Request.of(spec(names.getFirst(), options)));
      case "unspec" ->
          applied(
              Request.of(
                  new Command.DeleteServiceSpec(
                      new ServiceKey("", names.getFirst()), expected(options))));
      case "put", "delete", "transact" ->
          applied(new Request(KeyVerbs.command(verb, names, options), repeat(options)));
      case "keys" -> KeyVerbs.text(registry.store.keys("default", "", Optional.empty(), 100));
      case "session" -> applied(Request.of(new Command.OpenSession()));
      case "nothing" -> happened(registry.applyBytes(new byte[0]));
      case "wall" -> passed(Long.parseLong(names.getFirst()));
      case "reopen" -> reopened();
      case "show" -> service(names.getFirst());
      case "leases" -> leases();
      case "services" -> services(names.getFirst());
      case "status" -> registry.store.status() + "\n";
      case "rows" -> rows();
      default -> throw new IllegalArgumentException("no such verb: " + verb);
    };
  }

  private String passed(long millis) {
    registry.wallMillis += millis;
    return "";
  }

  private String reopened() {
    registry.reopen();
    return "";
  }

  private static Command register(List<String> names, Map<String, String> options) {
    int weight = Integer.parseInt(options.getOrDefault("weight", "100"));
    var instances =
        names.stream()
            .map(name -> Instances.instance(key(name), incarnation(name), weight))
            .toList();
    Keeper keeper =
        options.containsKey("ttl")
            ? new Keeper.NewLease(Long.parseLong(options.getOrDefault("ttl", "")))
            : options.containsKey("lease")
                ? new Keeper.ExistingLease(Long.parseLong(options.getOrDefault("lease", "")))
                : new Keeper.DefaultLease();
    return new Command.Register(instances, keeper);
  }

  private static Command lifecycle(List<String> names, Map<String, String> options) {
    return new Command.SetLifecycle(
        key(names.getFirst()),
        incarnation(names.getFirst()),
        Lifecycle.valueOf(names.get(1)),
        Long.parseLong(options.getOrDefault("grace", "0")));
  }

  private static Command override(String name, Map<String, String> options) {
    return new Command.SetOverride(
        key(name),
        Status.valueOf(options.getOrDefault("status", "")),
        options.getOrDefault("actor", ""),
        options.getOrDefault("reason", ""),
        Long.parseLong(options.getOrDefault("ttl", "0")));
  }

  private static Command spec(String service, Map<String, String> options) {
    var spec =
        new ServiceSpec(
            new ServiceKey("", service),
            new TreeMap<>(Map.of("team", options.getOrDefault("team", "pay"))),
            Long.parseLong(options.getOrDefault("default-ttl", "0")),
            Integer.parseInt(options.getOrDefault("floor", "0")),
            LoadBalancing.ROUND_ROBIN,
            new TreeMap<>(Map.of("canary", "\"canary\" in tags")));
    return new Command.PutServiceSpec(spec, expected(options));
  }

  private static OptionalLong expected(Map<String, String> options) {
    return options.containsKey("expect")
        ? OptionalLong.of(Long.parseLong(options.getOrDefault("expect", "")))
        : OptionalLong.empty();
  }

  private static Command grant(String namespace, Map<String, String> options) {
    return new Command.GrantLease(namespace, Long.parseLong(options.getOrDefault("ttl", "")));
  }

  private static Command update(String name, Map<String, String> options) {
    return StoreUnderTest.update(
        key(name),
        incarnation(name),
        Optional.ofNullable(options.get("status")).map(Status::valueOf),
        options.containsKey("weight")
            ? OptionalInt.of(Integer.parseInt(options.getOrDefault("weight", "")))
            : OptionalInt.empty(),
        Optional.empty());
  }

  private static Optional<Request.Repeat> repeat(Map<String, String> options) {
    return Optional.ofNullable(options.get("session"))
        .map(id ->
            new Request.Repeat(
                Long.parseLong(id),
                Long.parseLong(options.getOrDefault("sequence", "0")),
                Long.parseLong(options.getOrDefault("known", "0"))));
  }

  private static InstanceKey key(String name) {
    return Instances.key(name.substring(0, name.indexOf('=')));
  }

  private static long incarnation(String name) {
    return Long.parseLong(name.substring(name.indexOf('=') + 1));
  }

  private String applied(Request request) {
    return happened(registry.apply(request));
  }

  private String happened(Outcome outcome) {
    var text = new StringBuilder();
    text.append(registry.store.status().lastApplied()).append(": ").append(text(outcome));
    for (var changes : registry.range.changes()) {
      for (var change : changes.changes()) {
        text.append("   revision ").append(changes.revision()).append(": ");
        switch (change) {
          case Change.Upserted(var instance, var previous) ->
              text.append("+ ").append(text(instance));
          case Change.Removed removed ->
              text.append(
                  "- %s=%d, %s\n".formatted(removed.key(), removed.incarnation(), removed.cause()));
          case Change.SpecPut(var spec, var previous) ->
              text.append("+ ").append(spec).append('\n');
          case Change.SpecRemoved removed ->
              text.append("- spec of ").append(removed.service()).append('\n');
          case Change.KeyPut(var entry, var previous) ->
              text.append("+ ").append(KeyVerbs.text(entry)).append('\n');
          case Change.KeyDeleted(var previous, var cause) ->
              text.append(
                  "- %s/%s, %s\n".formatted(previous.foldedNamespace(), previous.key(), cause));
        }
      }
    }
    registry.range.leasesCreated().forEach(id -> text.append("   lease " + id + " begins\n"));
    registry.range.leasesEnded().forEach(id -> text.append("   lease " + id + " ends\n"));
    return text.toString();
  }

  private static String text(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Updated updated ->
          "Updated[revision=%d] %s".formatted(updated.revision(), text(updated.instance()));
      case Outcome.KeyPut put ->
          "KeyPut[revision=%d] %s%s\n"
              .formatted(
                  put.revision(),
                  KeyVerbs.text(put.entry()),
                  put.previous().map(entry -> ", was " + KeyVerbs.text(entry)).orElse(""));
      case Outcome.Transacted(long revision, boolean succeeded, var results) ->
          "Transacted[revision=%d, succeeded=%s] %s\n"
              .formatted(revision, succeeded, results.stream().map(KeyVerbs::text).toList());
      default -> outcome + "\n";
    };
  }

  private static String text(RegisteredInstance registered) {
    Instance instance = registered.instance();
    return "%s=%d weight=%d %s%s, lease %d, made at %d, changed at %d\n"
        .formatted(
            instance.key(),
            instance.incarnation(),
            instance.weight(),
            instance.status(),
            registered.standing().equals(Standing.PLAIN)
                ? ""
                : " (%s, %s) %s"
                    .formatted(
                        registered.effectiveStatus(),
                        registered.statusCause(),
                        registered.standing()),
            registered.leaseId(),
            registered.createRevision(),
            registered.modRevision());
  }

  private String service(String name) {
    var snapshot = registry.store.service(new ServiceKey("", name));
    var text = new StringBuilder(snapshot.key() + " at revision " + snapshot.revision() + "\n");
    snapshot.instances().forEach(instance -> text.append("   ").append(text(instance)));
    return text.toString();
  }

  private String log(long from) {
    var text = new StringBuilder();
    try {
      registry.store.changes(
          from,
          changes -> {
            text.append("   revision ").append(changes.revision()).append('\n');
            return true;
          });
    } catch (Compacted e) {
      text.append(e.getMessage()).append('\n');
    }
    return text.isEmpty() ? "nothing\n" : text.toString();
  }

  private String leases() {
    var text = new StringBuilder();
    registry.store.leases().forEach(lease -> text.append(lease).append('\n'));
    return text.isEmpty() ? "no leases\n" : text.toString();
  }

  private String guards() {
    var text = new StringBuilder();
    registry.store.guardView().byNamespace().values().forEach(it -> text.append(it).append('\n'));
    return text.isEmpty() ? "no guards\n" : text.toString();
  }

  private static List<Long> ids(List<String> names) {
    return names.stream().map(Long::valueOf).toList();
  }

  private String services(String namespace) {
    var text = new StringBuilder();
    registry
        .store
        .services(namespace, "", Optional.empty(), 100)
        .forEach(summary -> text.append(summary).append('\n'));
    return text.isEmpty() ? "no services\n" : text.toString();
  }

  private String rows() {
    var text = new StringBuilder();
    for (var row : registry.rows.rows()) {
      byte[] key = row.getKey();
      boolean isText = key[0] == RowKeys.INSTANCES;
      text.append((char) key[0])
          .append(' ')
          .append(
              isText
                  ? new String(key, 1, key.length - 1, US_ASCII).replace('\0', '|')
                  : HexFormat.of().formatHex(key, 1, key.length))
          .append('\n');
      String value = HexFormat.of().formatHex(row.getValue());
      for (int at = 0; at < value.length(); at += 80) {
        text.append("    ").append(value, at, Math.min(at + 80, value.length())).append('\n');
      }
    }
    return text.toString();
  }
}
