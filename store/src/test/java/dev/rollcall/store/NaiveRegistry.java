package dev.rollcall.store;

import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.RegisteredSpec;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Standing;
import dev.rollcall.store.instance.StatusOverride;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyOperation;
import dev.rollcall.store.lease.Guard;
import dev.rollcall.store.lease.Lease;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the registry is to do, said as plainly as can be: one map each, everything searched for,
 * nothing cached. The real one must agree with it on every outcome and every state.
 */
final class NaiveRegistry {
  private record Removed(long incarnation, long revision) {}

  final TreeMap<InstanceKey, RegisteredInstance> live = new TreeMap<>();
  final TreeMap<Long, Long> leaseTtls = new TreeMap<>();
  final TreeMap<String, Guard> guards = new TreeMap<>();
  private final Set<Long> suspects = new HashSet<>();
  private final Map<Long, String> leaseNamespaces = new HashMap<>();
  private final Set<Long> granted = new HashSet<>();
  private final Map<InstanceKey, Instance> asRegistered = new HashMap<>();
  private final Map<InstanceKey, Removed> removed = new HashMap<>();
  final TreeMap<InstanceKey, StatusOverride> overrides = new TreeMap<>();
  final TreeMap<ServiceKey, RegisteredSpec> specs = new TreeMap<>();
  final NaiveKeys keys = new NaiveKeys();
  private final NaiveSessions sessions = new NaiveSessions();
  private long leaseIds;
  private long wall;
  final TreeMap<ServiceKey, Long> serviceRevisions = new TreeMap<>();
  long revision;
  long compactRevision = 1;
  int featureLevel = 1;

  int sessions() {
    return sessions.size();
  }

  Outcome apply(long wallMillis, Optional<Request> request) {
    wall = Math.max(wall, wallMillis);
    sessions.endIdle(wall);
    passDeadlines();
    if (request.isEmpty()) {
      return new Outcome.Nothing(revision);
    }
    var command = request.get().command();
    var repeat = request.get().repeat().orElse(null);
    return repeat == null
        ? execute(command)
        : sessions.once(repeat, wall, revision, () -> execute(command));
  }

  private Outcome execute(Command command) {
    int needed = LaterVersion.FEATURES.needed(command);
    if (needed > featureLevel) {
      return new Outcome.FeatureLevelTooLow(revision, needed, featureLevel);
    }
    return switch (command) {
      case Command.Register c -> register(c);
      case Command.Update c -> update(c);
      case Command.Deregister c -> deregister(c);
      case Command.ExpireLeases c -> expire(c);
      case Command.GrantLease c -> {
        leaseIds++;
        leaseTtls.put(leaseIds, c.ttlMillis());
        leaseNamespaces.put(leaseIds, c.foldedNamespace());
        granted.add(leaseIds);
        yield new Outcome.LeaseGranted(revision, leaseIds, c.ttlMillis());
      }
      case Command.RevokeLease(long leaseId) -> {
        if (!leaseTtls.containsKey(leaseId)) {
          yield new Outcome.LeaseNotFound(revision, leaseId);
        }
        int gone = endLeases(List.of(leaseId));
        yield new Outcome.LeaseRevoked(revision, gone);
      }
      case Command.SetLifecycle c -> setLifecycle(c);
      case Command.SetOverride c -> {
        long expires = c.ttlMillis() == 0 ? 0 : wall + c.ttlMillis();
        var override = new StatusOverride(c.status(), c.actor(), c.reason(), expires);
        overrides.put(c.key(), override);
        yield new Outcome.OverrideSet(follow(c.key()), override);
      }
      case Command.ClearOverride(var key) -> {
        boolean existed = overrides.remove(key) != null;
        yield new Outcome.OverrideCleared(follow(key), existed);
      }
      case Command.PutServiceSpec c -> putSpec(c);
      case Command.DeleteServiceSpec c -> deleteSpec(c);
      case Command.EngageGuard(var namespace) -> {
        if (!isEngaged(namespace)) {
          var watched = leaseTtls.keySet().stream().filter(id -> isGuarded(id, namespace));
          guards.put(namespace, Guard.engaged(namespace, wall, (int) watched.count()));
        }
        yield new Outcome.GuardEngaged(revision);
      }
      case Command.ReleaseGuard(var namespace, var actor) -> {
        var guard = guards.get(namespace);
        if (guard == null || !guard.isEngaged()) {
          yield new Outcome.GuardNotEngaged(revision);
        }
        guards.put(namespace, guard.released(wall, actor));
        var held = suspects().stream().filter(id -> isGuarded(id, namespace));
        yield new Outcome.GuardReleased(revision, (int) held.count());
      }
      case Command.SuspectLeases(var leases) -> judge(leases, true);
      case Command.TrustLeases(var leases) -> judge(leases, false);
      case Command.RaiseFeatureLevel(int level) -> raiseFeatureLevel(level);
      case Command.CompactChanges(long first) -> compact(first);
      case Command.PassDeadlines() -> new Outcome.Nothing(revision);
      case Command.PutKey c -> putKey(c);
      case Command.DeleteKeys c -> deleteKeys(c);
      case Command.Transact c -> transact(c);
      case Command.OpenSession() -> new Outcome.SessionOpened(revision, sessions.open(wall));
    };
  }

  private Outcome compact(long first) {
    long most = Math.min(revision + 1, compactRevision + 1_000);
    compactRevision = Math.max(compactRevision, Math.min(first, most));
    removed.values().removeIf(each -> each.revision() < compactRevision);
    serviceRevisions
        .entrySet()
        .removeIf(each -> each.getValue() < compactRevision && !isThere(each.getKey()));
    return new Outcome.ChangesCompacted(revision, compactRevision);
  }

  private boolean isThere(ServiceKey service) {
    return specs.containsKey(service)
        || live.keySet().stream().anyMatch(key -> key.service().equals(service));
  }

  private Outcome raiseFeatureLevel(int level) {
    boolean isLower = level < featureLevel;
    featureLevel = Math.max(featureLevel, level);
    return isLower
        ? new Outcome.FeatureLevelHigher(revision, featureLevel)
        : new Outcome.FeatureLevelRaised(revision, level);
  }

  /** Ids of the leases that are suspect. */
  Set<Long> suspects() {
    suspects.retainAll(leaseTtls.keySet());
    return suspects;
  }

  private boolean isEngaged(String namespace) {
    var guard = guards.get(namespace);
    return guard != null && guard.isEngaged();
  }

  private boolean isGuarded(long leaseId, String namespace) {
    return namespace.equals(leaseNamespaces.get(leaseId)) && !keys.carries(leaseId);
  }

  private Outcome judge(List<Long> named, boolean areSuspect) {
    var leases =
        named.stream()
            .distinct()
            .filter(id -> leaseTtls.containsKey(id) && suspects().contains(id) != areSuspect)
            .filter(id -> !areSuspect || !keys.carries(id))
            .toList();
    var carried =
        live.values().stream()
            .filter(i -> leases.contains(i.leaseId()) && i.standing().isSuspect() != areSuspect)
            .toList();
    if (areSuspect) {
      suspects.addAll(leases);
    } else {
      leases.forEach(suspects::remove);
    }
    if (!carried.isEmpty()) {
      revision++;
    }
    carried.forEach(i -> put(i, i.instance(), i.standing().suspect(areSuspect), revision));
    return new Outcome.LeasesJudged(revision, leases.size(), carried.size());
  }

  private void passDeadlines() {
    overrides
        .values()
        .removeIf(each -> each.expiresWallMillis() != 0 && each.expiresWallMillis() <= wall);
    boolean isChanged = false;
    for (var there : List.copyOf(live.values())) {
      var standing = there.standing();
      if (standing.lifecycle() == Lifecycle.DRAINING
          && standing.drainDeadlineWallMillis() <= wall) {
        standing = standing.with(Lifecycle.TERMINATING, 0);
      }
      standing = standing.with(Optional.ofNullable(overrides.get(there.instance().key())));
      if (!standing.equals(there.standing())) {
        isChanged = true;
        put(there, there.instance(), standing, revision + 1);
      }
    }
    if (isChanged) {
      revision++;
    }
  }

  private long follow(InstanceKey key) {
    var there = live.get(key);
    if (there == null) {
      return revision;
    }
    var standing = there.standing().with(Optional.ofNullable(overrides.get(key)));
    return restand(there, standing).modRevision();
  }

  private RegisteredInstance restand(RegisteredInstance there, Standing standing) {
    if (standing.equals(there.standing())) {
      return there;
    }
    revision++;
    return put(there, there.instance(), standing, revision);
  }

  private RegisteredInstance put(
      RegisteredInstance there, Instance content, Standing standing, long at) {
    var now =
        new RegisteredInstance(content, standing, there.leaseId(), there.createRevision(), at);
    live.put(content.key(), now);
    serviceRevisions.put(content.key().service(), at);
    return now;
  }

  private Outcome setLifecycle(Command.SetLifecycle command) {
    var there = live.get(command.key());
    if (there == null) {
      return new Outcome.InstanceNotFound(revision, command.key());
    }
    long incarnation = there.instance().incarnation();
    if (command.incarnation() != 0 && command.incarnation() != incarnation) {
      return new Outcome.StaleIncarnation(revision, command.key(), incarnation);
    }
    long deadline = command.lifecycle() == Lifecycle.DRAINING ? wall + command.graceMillis() : 0;
    var now = restand(there, there.standing().with(command.lifecycle(), deadline));
    return new Outcome.Updated(now.modRevision(), now);
  }

  private Outcome putSpec(Command.PutServiceSpec command) {
    var service = command.spec().service();
    var before = specs.get(service);
    long at = before == null ? 0 : before.modRevision();
    if (command.expectedRevision().orElse(at) != at) {
      return new Outcome.RevisionMismatch(revision, at);
    }
    if (before != null && before.spec().equals(command.spec())) {
      return new Outcome.SpecPut(at, before);
    }
    revision++;
    long created = before == null ? revision : before.createRevision();
    var now = new RegisteredSpec(command.spec(), created, revision);
    specs.put(service, now);
    serviceRevisions.put(service, revision);
    return new Outcome.SpecPut(revision, now);
  }

  private Outcome deleteSpec(Command.DeleteServiceSpec command) {
    var before = specs.get(command.service());
    long at = before == null ? 0 : before.modRevision();
    if (command.expectedRevision().orElse(at) != at) {
      return new Outcome.RevisionMismatch(revision, at);
    }
    if (before == null) {
      return new Outcome.SpecNotFound(revision);
    }
    revision++;
    specs.remove(command.service());
    serviceRevisions.put(command.service(), revision);
    return new Outcome.SpecDeleted(revision);
  }

  private Outcome putKey(Command.PutKey command) {
    String namespace = command.foldedNamespace();
    var before = keys.find(namespace, command.key());
    long at = before == null ? 0 : before.modRevision();
    if (command.expectedRevision().orElse(at) != at) {
      return new Outcome.RevisionMismatch(revision, at);
    }
    var refused = leaseRefusal(namespace, command.leaseId());
    if (refused != null) {
      return refused;
    }
    keys.begin();
    var now = keys.put(namespace, command.key(), command.value(), command.leaseId(), revision + 1);
    var unused = keysDone();
    return new Outcome.KeyPut(
        now.modRevision(),
        now.withoutValue(),
        Optional.ofNullable(before).map(KeyEntry::withoutValue));
  }

  private Outcome deleteKeys(Command.DeleteKeys command) {
    String namespace = command.foldedNamespace();
    var before = keys.find(namespace, command.key());
    long at = before == null ? 0 : before.modRevision();
    if (command.expectedRevision().orElse(at) != at) {
      return new Outcome.RevisionMismatch(revision, at);
    }
    keys.begin();
    int deleted = keys.delete(namespace, command.key(), command.isPrefix());
    return new Outcome.KeysDeleted(keysDone(), deleted);
  }

  private Outcome transact(Command.Transact command) {
    String namespace = command.foldedNamespace();
    boolean isSuccess = command.compares().stream().allMatch(c -> keys.holds(namespace, c));
    var operations = isSuccess ? command.success() : command.failure();
    for (var operation : operations) {
      if (operation instanceof KeyOperation.Put put) {
        var refused = leaseRefusal(namespace, put.leaseId());
        if (refused != null) {
          return refused;
        }
      }
    }
    keys.begin();
    var results = operations.stream().map(each -> keys.run(namespace, each, revision + 1)).toList();
    return new Outcome.Transacted(keysDone(), isSuccess, results);
  }

  private @Nullable Outcome leaseRefusal(String namespace, long leaseId) {
    if (leaseId != 0 && !leaseTtls.containsKey(leaseId)) {
      return new Outcome.LeaseNotFound(revision, leaseId);
    }
    return leaseId != 0 && !namespace.equals(leaseNamespaces.get(leaseId))
        ? new Outcome.LeaseOfOtherNamespace(revision, leaseId)
        : null;
  }

  private long keysDone() {
    revision += keys.isChanged ? 1 : 0;
    endEmptyLeases();
    return revision;
  }

  private Outcome register(Command.Register command) {
    String namespace = command.instances().getFirst().key().service().foldedNamespace();
    Long given = command.keeper() instanceof Keeper.ExistingLease(long id) ? id : null;
    if (given != null && !leaseTtls.containsKey(given)) {
      return new Outcome.LeaseNotFound(revision, given);
    }
    if (given != null && !namespace.equals(leaseNamespaces.get(given))) {
      return new Outcome.LeaseOfOtherNamespace(revision, given);
    }
    var known = new ArrayList<RegisteredInstance>();
    for (var instance : command.instances()) {
      var refused = refusal(instance);
      if (refused != null) {
        return refused;
      }
      var there = live.get(instance.key());
      if (there != null && there.instance().incarnation() == instance.incarnation()) {
        known.add(there);
      }
    }
    boolean all = known.size() == command.instances().size();
    for (var there : known) {
      long expected = given != null ? given : known.getFirst().leaseId();
      if (there.leaseId() != expected || (given == null && !all)) {
        return new Outcome.IncarnationReused(revision, there.instance().key());
      }
    }
    if (all) {
      long first = known.stream().mapToLong(RegisteredInstance::createRevision).max().orElseThrow();
      long leaseId = known.getFirst().leaseId();
      return new Outcome.Registered(first, leaseId, ttlMillis(leaseId));
    }
    return register(command, given, namespace);
  }

  private Outcome register(Command.Register command, @Nullable Long given, String namespace) {
    long leaseId;
    if (!(command.keeper() instanceof Keeper.ExistingLease)) {
      leaseIds++;
      leaseId = leaseIds;
      leaseTtls.put(leaseId, ttlMillis(command));
      leaseNamespaces.put(leaseId, namespace);
    } else {
      leaseId = given == null ? 0 : given;
      long added = command.instances().stream().filter(i -> leaseOf(i.key()) != leaseId).count();
      if (carried(leaseId) + added > Lease.INSTANCES_MAX) {
        return new Outcome.LeaseFull(revision, leaseId, Lease.INSTANCES_MAX);
      }
    }
    revision++;
    for (var instance : command.instances()) {
      var there = live.get(instance.key());
      if (there == null || there.instance().incarnation() < instance.incarnation()) {
        var override = Optional.ofNullable(overrides.get(instance.key()));
        var standing = Standing.PLAIN.with(override);
        var now = new RegisteredInstance(instance, standing, leaseId, revision, revision);
        // Not put(): a key that is there would stay, with the case of its letters.
        live.remove(instance.key());
        live.put(instance.key(), now);
        serviceRevisions.put(instance.key().service(), revision);
        asRegistered.put(instance.key(), instance);
        removed.remove(instance.key());
      }
    }
    endEmptyLeases();
    return new Outcome.Registered(revision, leaseId, ttlMillis(leaseId));
  }

  private @Nullable Outcome refusal(Instance instance) {
    var key = instance.key();
    var there = live.get(key);
    if (there == null) {
      var gone = removed.get(key);
      return gone != null && gone.incarnation() >= instance.incarnation()
          ? new Outcome.StaleIncarnation(revision, key, gone.incarnation())
          : null;
    }
    long incarnation = there.instance().incarnation();
    if (instance.incarnation() < incarnation) {
      return new Outcome.StaleIncarnation(revision, key, incarnation);
    }
    boolean isSame = instance.equals(there.instance()) || instance.equals(asRegistered.get(key));
    return instance.incarnation() == incarnation && !isSame
        ? new Outcome.IncarnationReused(revision, key)
        : null;
  }

  private Outcome update(Command.Update command) {
    var there = live.get(command.key());
    if (there == null) {
      return new Outcome.InstanceNotFound(revision, command.key());
    }
    var old = there.instance();
    if (command.incarnation() != 0 && command.incarnation() != old.incarnation()) {
      return new Outcome.StaleIncarnation(revision, command.key(), old.incarnation());
    }
    if (command.expectedRevision() != 0 && command.expectedRevision() != there.modRevision()) {
      return new Outcome.RevisionMismatch(revision, there.modRevision());
    }
    int weight = command.weight().orElse(old.weight());
    if (weight == old.weight()) {
      return new Outcome.Updated(there.modRevision(), there);
    }
    revision++;
    var content = Instances.instance(old.key(), old.incarnation(), weight);
    return new Outcome.Updated(revision, put(there, content, there.standing(), revision));
  }

  private Outcome deregister(Command.Deregister command) {
    var there = live.get(command.key());
    if (there == null) {
      var gone = removed.get(command.key());
      return gone != null && gone.incarnation() == command.incarnation()
          ? new Outcome.Deregistered(gone.revision())
          : new Outcome.InstanceNotFound(revision, command.key());
    }
    long incarnation = there.instance().incarnation();
    if (command.incarnation() > incarnation) {
      return new Outcome.InstanceNotFound(revision, command.key());
    }
    if (command.incarnation() != 0 && command.incarnation() < incarnation) {
      return new Outcome.StaleIncarnation(revision, command.key(), incarnation);
    }
    revision++;
    remove(there);
    endEmptyLeases();
    return new Outcome.Deregistered(revision);
  }

  private Outcome expire(Command.ExpireLeases command) {
    var ending = new ArrayList<Long>();
    var needed = new ArrayList<Long>();
    for (long id : command.leaseIds().stream().distinct().toList()) {
      if (leaseTtls.containsKey(id)) {
        (isNeeded(id, ending) ? needed : ending).add(id);
      }
    }
    long before = revision;
    int gone = endLeases(ending);
    long after = revision;
    judge(needed, true);
    // All of it is one command.
    if (revision > after && after > before) {
      revision = after;
      live.replaceAll((key, i) -> i.modRevision() > after ? at(i, after) : i);
      serviceRevisions.replaceAll((service, at) -> Math.min(at, after));
    }
    return new Outcome.LeasesExpired(revision, ending.size(), gone);
  }

  private static RegisteredInstance at(RegisteredInstance there, long revision) {
    return new RegisteredInstance(
        there.instance(), there.standing(), there.leaseId(), there.createRevision(), revision);
  }

  /** Whether a service needs what the lease carries, when those leases have ended. */
  private boolean isNeeded(long leaseId, List<Long> ended) {
    if (keys.carries(leaseId)) {
      return false;
    }
    return specs.values().stream()
        .anyMatch(registered -> {
          var left =
              live.values().stream()
                  .filter(i -> i.instance().key().service().equals(registered.spec().service()))
                  .filter(i -> !ended.contains(i.leaseId()))
                  .toList();
          long without = left.stream().filter(i -> i.leaseId() != leaseId).count();
          return without < left.size() && without < registered.spec().floor();
        });
  }

  /** How many instances went; none make no revision. */
  private int endLeases(List<Long> leases) {
    var gone = live.values().stream().filter(i -> leases.contains(i.leaseId())).toList();
    if (!gone.isEmpty() || leases.stream().anyMatch(keys::carries)) {
      revision++;
    }
    gone.forEach(this::remove);
    keys.entries.removeIf(entry -> leases.contains(entry.leaseId()));
    leaseTtls.keySet().removeAll(leases);
    return gone.size();
  }

  private void remove(RegisteredInstance instance) {
    live.remove(instance.instance().key());
    serviceRevisions.put(instance.instance().key().service(), revision);
    removed.put(
        instance.instance().key(), new Removed(instance.instance().incarnation(), revision));
  }

  private long ttlMillis(Command.Register command) {
    if (command.keeper() instanceof Keeper.NewLease(long ttlMillis)) {
      return ttlMillis;
    }
    return command.instances().stream()
        .flatMap(instance -> Optional.ofNullable(specs.get(instance.key().service())).stream())
        .mapToLong(registered -> registered.spec().defaultTtlMillis())
        .filter(ttlMillis -> ttlMillis != 0)
        .min()
        .orElse(30_000);
  }

  private long ttlMillis(long leaseId) {
    return leaseTtls.getOrDefault(leaseId, 0L);
  }

  private long leaseOf(InstanceKey key) {
    var there = live.get(key);
    return there == null ? 0 : there.leaseId();
  }

  private void endEmptyLeases() {
    leaseTtls
        .keySet()
        .removeIf(id -> carried(id) == 0 && !keys.carries(id) && !granted.contains(id));
  }

  private long carried(long leaseId) {
    return live.values().stream().filter(i -> i.leaseId() == leaseId).count();
  }

  /** Keys by lease. */
  Map<Long, List<InstanceKey>> carriedByLease() {
    var carried = new TreeMap<Long, List<InstanceKey>>();
    leaseTtls.keySet().forEach(id -> carried.put(id, new ArrayList<>()));
    live.forEach((key, instance) ->
        carried.computeIfAbsent(instance.leaseId(), id -> new ArrayList<>()).add(key));
    return carried;
  }
}
