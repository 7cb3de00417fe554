package dev.rollcall.chaos.check;

import dev.rollcall.store.Change;
import dev.rollcall.store.Command;
import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.RegisteredSpec;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Standing;
import dev.rollcall.store.instance.StatusOverride;
import dev.rollcall.store.kv.KeyEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the registry's rules say that a log of commands comes to (docs/architecture.md, decisions 7
 * and 13), said a second time and as plainly as can be: nothing is remembered that can be searched
 * for, nothing is written, nothing is forgotten. Shares no code with the store but the values.
 */
public final class PlainRegistry {
  private static final Rules RULES = new Rules(1_000, 1_024, 3_600_000, 1_000);

  /**
   * Numbers that the rules name: said again, not asked of the store.
   *
   * @param instancesPerLease at most
   * @param outcomesPerSession at most
   * @param sessionMillis after its last write a session ends
   * @param revisionsPerCompaction at most
   */
  private record Rules(
      int instancesPerLease,
      int outcomesPerSession,
      long sessionMillis,
      int revisionsPerCompaction) {}

  private record Holding(long ttlMillis, String foldedNamespace, boolean isGranted) {}

  private record Gone(long incarnation, long revision) {}

  private final TreeMap<InstanceKey, RegisteredInstance> live = new TreeMap<>();
  private final Map<InstanceKey, Instance> asRegistered = new HashMap<>();
  private final Map<InstanceKey, Gone> gone = new HashMap<>();
  private final TreeMap<Long, Holding> leases = new TreeMap<>();
  private final Set<String> engaged = new HashSet<>();
  private final Set<Long> suspects = new HashSet<>();
  private final PlainSessions sessions =
      new PlainSessions(RULES.outcomesPerSession, RULES.sessionMillis);

  private final PlainOverrides overrides = new PlainOverrides();
  private final PlainSpecs specs = new PlainSpecs();
  private final PlainKeys keys = new PlainKeys();

  private final TreeMap<Long, List<Change>> changes = new TreeMap<>();
  private final List<Long> leasesEnded = new ArrayList<>();
  private long leasesMade;
  private long revision;
  private long compactRevision = 1;
  private long wallMillis;
  private int featureLevel = 1;

  /**
   * All changes that the last entry made, by revision, in the order in which it made them: what its
   * clock has ended comes first, at a revision of its own.
   */
  public SortedMap<Long, List<Change>> changes() {
    return changes;
  }

  /** Namespaces, folded, whose guard is engaged. */
  public Set<String> guarded() {
    return engaged;
  }

  /** Overrides that hold, by key. */
  public Map<InstanceKey, StatusOverride> overrides() {
    return overrides.all();
  }

  /** Specs there are. */
  public Map<ServiceKey, RegisteredSpec> specs() {
    return specs.all();
  }

  /** Keys there are, by folded namespace, in order of key. */
  public Map<String, List<KeyEntry>> keys() {
    return keys.byNamespace();
  }

  /** Leases that the last command ended. */
  public List<Long> leasesEnded() {
    return List.copyOf(leasesEnded);
  }

  /** Of the last change. */
  public long revision() {
    return revision;
  }

  /** Where the change log begins. */
  public long compactRevision() {
    return compactRevision;
  }

  /** Whether the service has instances or a spec. */
  public boolean isThere(ServiceKey service) {
    return specs.of(service).isPresent()
        || live.keySet().stream().anyMatch(key -> key.service().equals(service));
  }

  /** That was agreed on. */
  public int featureLevel() {
    return featureLevel;
  }

  /** Whoever is registered, in order of key. */
  public Map<InstanceKey, RegisteredInstance> live() {
    return live;
  }

  /** Ids of the leases there are, in order. */
  public List<Long> leases() {
    return List.copyOf(leases.keySet());
  }

  /** How many sessions are open. */
  public int sessions() {
    return sessions.open();
  }

  /** The replicated wall clock. */
  public long wallMillis() {
    return wallMillis;
  }

  /**
   * The outcome of the next entry of the log.
   *
   * @param ofEntryMillis of its leader when it was made
   * @param request empty for an entry that is no command
   */
  public Outcome apply(long ofEntryMillis, Optional<Request> request) {
    wallMillis = Math.max(wallMillis, ofEntryMillis);
    changes.clear();
    leasesEnded.clear();
    sessions.advanceTo(wallMillis);
    passDeadlines();
    if (request.isEmpty()) {
      return new Outcome.Nothing(revision);
    }
    var command = request.get().command();
    return request
        .get()
        .repeat()
        .map(repeat -> sessions.once(repeat, revision, () -> execute(command)))
        .orElseGet(() -> execute(command));
  }

  private Outcome execute(Command command) {
    return switch (command) {
      case Command.Register register -> register(register);
      case Command.Update update -> update(update);
      case Command.Deregister deregister -> deregister(deregister);
      case Command.ExpireLeases expire -> expire(expire);
      case Command.GrantLease grant -> {
        leases.put(++leasesMade, new Holding(grant.ttlMillis(), grant.foldedNamespace(), true));
        yield new Outcome.LeaseGranted(revision, leasesMade, grant.ttlMillis());
      }
      case Command.RevokeLease revoke -> revoke(revoke.leaseId());
      case Command.EngageGuard engage -> {
        engaged.add(engage.foldedNamespace());
        yield new Outcome.GuardEngaged(revision);
      }
      case Command.ReleaseGuard release -> release(release.foldedNamespace());
      case Command.SuspectLeases suspect -> judge(suspect.leaseIds(), true);
      case Command.TrustLeases trust -> judge(trust.leaseIds(), false);
      case Command.OpenSession open -> new Outcome.SessionOpened(revision, sessions.begin());
      case Command.SetLifecycle set -> setLifecycle(set);
      case Command.SetOverride set -> setOverride(set);
      case Command.ClearOverride clear -> {
        boolean existed = overrides.remove(clear.key());
        yield new Outcome.OverrideCleared(stand(clear.key(), Optional.empty()), existed);
      }
      case Command.PutServiceSpec put -> putSpec(put);
      case Command.DeleteServiceSpec delete -> deleteSpec(delete);
      case Command.PutKey put -> done(keys.judge(put, revision, this::leaseRefusal));
      case Command.DeleteKeys delete -> done(keys.judge(delete, revision));
      case Command.Transact transact -> done(keys.judge(transact, revision, this::leaseRefusal));
      case Command.PassDeadlines pass -> new Outcome.Nothing(revision);
      case Command.RaiseFeatureLevel(int level) -> {
        if (level < featureLevel) {
          yield new Outcome.FeatureLevelHigher(revision, featureLevel);
        }
        featureLevel = level;
        yield new Outcome.FeatureLevelRaised(revision, level);
      }
      case Command.CompactChanges(long first) -> compact(first);
      default -> throw new IllegalStateException("no rule for " + command);
    };
  }

  /** Who left is forgotten with the change that told it. */
  private Outcome compact(long first) {
    long most = Math.min(revision + 1, compactRevision + RULES.revisionsPerCompaction);
    compactRevision = Math.max(compactRevision, Math.min(first, most));
    gone.values().removeIf(each -> each.revision() < compactRevision);
    return new Outcome.ChangesCompacted(revision, compactRevision);
  }

  /** What the rules say of keys is carried out. */
  private Outcome done(PlainKeys.Judged judged) {
    revision += judged.changes().isEmpty() ? 0 : 1;
    judged.changes().forEach(this::note);
    keys.become(judged);
    endEmptyLeases();
    return judged.outcome();
  }

  private Optional<Outcome> leaseRefusal(String namespace, long leaseId) {
    if (leaseId != 0 && !leases.containsKey(leaseId)) {
      return Optional.of(new Outcome.LeaseNotFound(revision, leaseId));
    }
    return leaseId != 0 && !existing(leaseId).foldedNamespace.equals(namespace)
        ? Optional.of(new Outcome.LeaseOfOtherNamespace(revision, leaseId))
        : Optional.empty();
  }

  private void passDeadlines() {
    var ending = PlainOverrides.ending(live, wallMillis);
    overrides.removeOver(wallMillis);
    if (!ending.isEmpty()) {
      revision++;
      ending.forEach(each -> restand(each, PlainOverrides.at(each, wallMillis)));
    }
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
    boolean isDrain = command.lifecycle() == Lifecycle.DRAINING;
    long deadline = isDrain ? wallMillis + command.graceMillis() : 0;
    var standing = there.standing().with(command.lifecycle(), deadline);
    if (standing.equals(there.standing())) {
      return new Outcome.Updated(there.modRevision(), there);
    }
    revision++;
    return new Outcome.Updated(revision, restand(there, standing));
  }

  private Outcome setOverride(Command.SetOverride command) {
    long expires = command.ttlMillis() == 0 ? 0 : wallMillis + command.ttlMillis();
    var override = new StatusOverride(command.status(), command.actor(), command.reason(), expires);
    overrides.put(command.key(), override);
    return new Outcome.OverrideSet(stand(command.key(), Optional.of(override)), override);
  }

  /** Whoever is registered stands so; the revision of that, or the last where nobody is. */
  private long stand(InstanceKey key, Optional<StatusOverride> override) {
    var there = live.get(key);
    if (there == null) {
      return revision;
    }
    var standing = there.standing().with(override);
    if (standing.equals(there.standing())) {
      return there.modRevision();
    }
    revision++;
    restand(there, standing);
    return revision;
  }

  private RegisteredInstance restand(RegisteredInstance there, Standing standing) {
    var now =
        new RegisteredInstance(
            there.instance(), standing, there.leaseId(), there.createRevision(), revision);
    live.put(there.instance().key(), now);
    note(new Change.Upserted(now, Optional.of(there)));
    return now;
  }

  private Outcome putSpec(Command.PutServiceSpec command) {
    var service = command.spec().service();
    var mismatch = specs.mismatch(service, command.expectedRevision());
    if (mismatch.isPresent()) {
      return new Outcome.RevisionMismatch(revision, mismatch.get());
    }
    var before = specs.of(service);
    if (before.isPresent() && before.get().spec().equals(command.spec())) {
      return new Outcome.SpecPut(before.get().modRevision(), before.get());
    }
    revision++;
    long created = before.map(RegisteredSpec::createRevision).orElse(revision);
    var now = new RegisteredSpec(command.spec(), created, revision);
    specs.put(now);
    note(new Change.SpecPut(now, before));
    return new Outcome.SpecPut(revision, now);
  }

  private Outcome deleteSpec(Command.DeleteServiceSpec command) {
    var mismatch = specs.mismatch(command.service(), command.expectedRevision());
    if (mismatch.isPresent()) {
      return new Outcome.RevisionMismatch(revision, mismatch.get());
    }
    var before = specs.of(command.service());
    if (before.isEmpty()) {
      return new Outcome.SpecNotFound(revision);
    }
    revision++;
    specs.remove(command.service());
    note(new Change.SpecRemoved(before.get()));
    return new Outcome.SpecDeleted(revision);
  }

  private void note(Change change) {
    changes.computeIfAbsent(revision, none -> new ArrayList<>()).add(change);
  }

  private Outcome register(Command.Register command) {
    long given = command.keeper() instanceof Keeper.ExistingLease(long id) ? id : 0;
    if (given != 0) {
      var lease = leases.get(given);
      if (lease == null) {
        return new Outcome.LeaseNotFound(revision, given);
      }
      if (!lease.foldedNamespace.equals(command.foldedNamespace())) {
        return new Outcome.LeaseOfOtherNamespace(revision, given);
      }
    }
    var known = new ArrayList<RegisteredInstance>();
    var fresh = new ArrayList<Instance>();
    for (Instance each : command.instances()) {
      var refused = refusal(each);
      if (refused.isPresent()) {
        return refused.get();
      }
      var there = live.get(each.key());
      if (there != null && there.instance().incarnation() == each.incarnation()) {
        known.add(there);
      } else {
        fresh.add(each);
      }
    }
    if (!known.isEmpty()) {
      long leaseId = given != 0 ? given : known.getFirst().leaseId();
      for (RegisteredInstance each : known) {
        if (each.leaseId() != leaseId || (given == 0 && !fresh.isEmpty())) {
          return new Outcome.IncarnationReused(revision, each.instance().key());
        }
      }
      if (fresh.isEmpty()) {
        long first = known.stream().mapToLong(RegisteredInstance::createRevision).max().orElse(0);
        return new Outcome.Registered(first, leaseId, existing(leaseId).ttlMillis);
      }
    }
    return register(command, given, fresh);
  }

  private Outcome register(Command.Register command, long given, List<Instance> fresh) {
    long leaseId = given;
    if (given == 0) {
      long ttlMillis =
          command.keeper() instanceof Keeper.NewLease(long named)
              ? named
              : specs.ttlMillis(command.instances());
      leaseId = ++leasesMade;
      leases.put(leaseId, new Holding(ttlMillis, command.foldedNamespace(), false));
    } else {
      long added = fresh.stream().filter(each -> leaseOf(each.key()) != given).count();
      if (carried(given).size() + added > RULES.instancesPerLease) {
        return new Outcome.LeaseFull(revision, given, RULES.instancesPerLease);
      }
    }
    revision++;
    for (Instance each : fresh) {
      var standing = Standing.begin(overrides.of(each.key()));
      var now = new RegisteredInstance(each, standing, leaseId, revision, revision);
      var before = Optional.ofNullable(live.put(each.key(), now));
      asRegistered.put(each.key(), each);
      gone.remove(each.key());
      note(new Change.Upserted(now, before));
    }
    endEmptyLeases();
    return new Outcome.Registered(revision, leaseId, existing(leaseId).ttlMillis);
  }

  private Optional<Outcome> refusal(Instance instance) {
    var key = instance.key();
    var there = live.get(key);
    long last =
        there != null
            ? there.instance().incarnation()
            : Optional.ofNullable(gone.get(key)).map(Gone::incarnation).orElse(0L);
    boolean isRepeat = there != null && instance.incarnation() == last;
    if (instance.incarnation() <= last && !isRepeat) {
      return Optional.of(new Outcome.StaleIncarnation(revision, key, last));
    }
    boolean isSame =
        there != null
            && (instance.equals(there.instance()) || instance.equals(asRegistered.get(key)));
    return isRepeat && !isSame
        ? Optional.of(new Outcome.IncarnationReused(revision, key))
        : Optional.empty();
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
    var content =
        new Instance(
            old.key(),
            old.incarnation(),
            old.endpoints(),
            old.locality(),
            command.weight().orElse(old.weight()),
            old.version(),
            command.tags().orElse(old.tags()),
            command.metadata().orElse(old.metadata()),
            command.status().orElse(old.status()));
    if (content.equals(old)) {
      return new Outcome.Updated(there.modRevision(), there);
    }
    var now =
        new RegisteredInstance(
            content, there.standing(), there.leaseId(), there.createRevision(), ++revision);
    live.put(command.key(), now);
    note(new Change.Upserted(now, Optional.of(there)));
    return new Outcome.Updated(revision, now);
  }

  private Outcome deregister(Command.Deregister command) {
    var there = live.get(command.key());
    if (there == null) {
      var before = gone.get(command.key());
      return before != null && before.incarnation == command.incarnation()
          ? new Outcome.Deregistered(before.revision)
          : new Outcome.InstanceNotFound(revision, command.key());
    }
    long incarnation = there.instance().incarnation();
    if (command.incarnation() != 0 && command.incarnation() != incarnation) {
      return command.incarnation() < incarnation
          ? new Outcome.StaleIncarnation(revision, command.key(), incarnation)
          : new Outcome.InstanceNotFound(revision, command.key());
    }
    revision++;
    remove(there, Change.Cause.DEREGISTERED);
    endEmptyLeases();
    return new Outcome.Deregistered(revision);
  }

  /** In order: who went before counts no more for the floor of who comes next. */
  private Outcome expire(Command.ExpireLeases command) {
    long next = revision + 1;
    int expired = 0;
    int removed = 0;
    for (long id : command.leaseIds().stream().distinct().filter(leases::containsKey).toList()) {
      var carried = carried(id);
      if (!keys.carries(id) && specs.isFloorAbove(live.keySet(), carried)) {
        suspect(id, carried, next);
      } else {
        revision = carried.isEmpty() && !keys.carries(id) ? revision : next;
        end(id, carried, Change.Cause.EXPIRED);
        expired++;
        removed += carried.size();
      }
    }
    return new Outcome.LeasesExpired(revision, expired, removed);
  }

  /** One that is suspect already is left as it is. */
  private void suspect(long leaseId, List<RegisteredInstance> carried, long next) {
    if (suspects.add(leaseId)) {
      for (RegisteredInstance each : carried) {
        if (!each.standing().isSuspect()) {
          revision = next;
          restand(each, each.standing().suspect(true));
        }
      }
    }
  }

  private Outcome revoke(long leaseId) {
    if (!leases.containsKey(leaseId)) {
      return new Outcome.LeaseNotFound(revision, leaseId);
    }
    var carried = carried(leaseId);
    // Where nothing goes there is no revision.
    revision += carried.isEmpty() && !keys.carries(leaseId) ? 0 : 1;
    end(leaseId, carried, Change.Cause.DEREGISTERED);
    return new Outcome.LeaseRevoked(revision, carried.size());
  }

  private Outcome release(String namespace) {
    if (!engaged.remove(namespace)) {
      return new Outcome.GuardNotEngaged(revision);
    }
    suspects.retainAll(leases.keySet());
    long there =
        suspects.stream()
            .filter(id -> existing(id).foldedNamespace.equals(namespace) && !keys.carries(id))
            .count();
    return new Outcome.GuardReleased(revision, (int) there);
  }

  private Outcome judge(List<Long> leaseIds, boolean areSuspect) {
    var judged =
        leaseIds.stream()
            .distinct()
            .filter(id -> leases.containsKey(id) && suspects.contains(id) != areSuspect)
            .filter(id -> !(areSuspect && keys.carries(id)))
            .toList();
    var changed =
        judged.stream()
            .flatMap(id -> carried(id).stream())
            .filter(each -> each.standing().isSuspect() != areSuspect)
            .toList();
    if (areSuspect) {
      suspects.addAll(judged);
    } else {
      judged.forEach(suspects::remove);
    }
    if (!changed.isEmpty()) {
      revision++;
    }
    changed.forEach(each -> restand(each, each.standing().suspect(areSuspect)));
    return new Outcome.LeasesJudged(revision, judged.size(), changed.size());
  }

  private void end(long leaseId, List<RegisteredInstance> carried, Change.Cause cause) {
    carried.forEach(each -> remove(each, cause));
    keys.end(leaseId).forEach(this::note);
    leases.remove(leaseId);
    leasesEnded.add(leaseId);
  }

  private void remove(RegisteredInstance instance, Change.Cause cause) {
    var key = instance.instance().key();
    long incarnation = instance.instance().incarnation();
    live.remove(key);
    gone.put(key, new Gone(incarnation, revision));
    note(new Change.Removed(instance, cause));
  }

  private void endEmptyLeases() {
    var carrying = new HashSet<Long>();
    live.values().forEach(each -> carrying.add(each.leaseId()));
    for (long id : leases()) {
      if (!carrying.contains(id) && !keys.carries(id) && !existing(id).isGranted) {
        leases.remove(id);
        leasesEnded.add(id);
      }
    }
  }

  private Holding existing(long leaseId) {
    @Nullable Holding lease = leases.get(leaseId);
    if (lease == null) {
      throw new IllegalStateException("an instance under lease " + leaseId + ", which is not");
    }
    return lease;
  }

  private List<RegisteredInstance> carried(long leaseId) {
    return live.values().stream().filter(each -> each.leaseId() == leaseId).toList();
  }

  /** Ids are positive, so 0 is none. */
  private long leaseOf(InstanceKey key) {
    var there = live.get(key);
    return there == null ? 0 : there.leaseId();
  }
}
