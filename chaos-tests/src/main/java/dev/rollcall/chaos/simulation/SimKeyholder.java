package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import com.google.protobuf.ByteString;
import dev.rollcall.chaos.simulation.Observation.KeysWritten;
import dev.rollcall.chaos.simulation.Observation.RenewalAcknowledged;
import dev.rollcall.server.replication.Consistency;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.kv.Compare;
import dev.rollcall.store.kv.Compare.Target;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyOperation;
import dev.rollcall.store.kv.KeyPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Somebody who keeps keys that others keep too: puts them with a lease of its own, with one of
 * others or with none, takes locks, changes what it has seen if nobody else has since, deletes, and
 * reads. In a session, asking again under the same sequence until it is told. Its lease is kept
 * alive, lapses or is revoked, and a new one granted. One operation at a time, keepalives beside.
 */
final class SimKeyholder {
  /** Of all its keys, folded. */
  static final String NAMESPACE = "simulation";

  /** The last two change places in the order of UTF-16. */
  private static final List<String> KEYS =
      List.of("lock/a", "lock/b", "set/1", "set/2", "set/20", "\uff5e", "\ud83d\ude00");

  private static final List<String> PREFIXES = List.of("", "lock/", "set/", "set/2", "none");

  private final SimCluster cluster;
  private final VirtualTime time;
  private final RandomGenerator random;
  private final Calls calls;
  private final int number;

  /** 0 for none. */
  private long leaseId;

  private long ttlMillis;
  private long sessionId;
  private long sequence;
  private long acknowledgedBelow;
  private int valuesPut;

  /** As it saw them last. */
  private List<KeyEntry> seen = List.of();

  private long revisionSeen;
  private boolean isSilent;
  private boolean isResting;
  private boolean isIdle;

  /**
   * @param number beyond those of all other clients
   */
  SimKeyholder(SimCluster cluster, RandomGenerator random, int number) {
    this.cluster = cluster;
    this.time = cluster.time();
    this.random = random;
    this.number = number;
    this.calls = new Calls(cluster, random, number);
  }

  void start() {
    think();
  }

  /** Begins nothing new; its lease stays alive. */
  void rest() {
    isResting = true;
    isSilent = false;
  }

  /** Ends a {@link #rest}. */
  void goOn() {
    isResting = false;
    if (isIdle) {
      isIdle = false;
      think();
    }
  }

  /** Stops keeping its lease alive. */
  void fallSilent() {
    isSilent = true;
  }

  private void think() {
    time.after(random.nextLong(50, 200) * MILLISECOND, this::act);
  }

  private void act() {
    if (isResting) {
      isIdle = true;
    } else if (sessionId == 0) {
      openSession();
    } else if (leaseId == 0) {
      grant();
    } else {
      actUnderLease();
    }
  }

  private void actUnderLease() {
    switch (random.nextInt(16)) {
      case 0 -> revoke();
      case 1 -> {
        isSilent = random.nextInt(3) == 0;
        think();
      }
      case 2, 3 -> lock();
      case 4, 5 -> changeWhatWasSeen();
      case 6 -> write(anyTransaction());
      case 7 -> write(new Command.DeleteKeys(NAMESPACE, key(), false, expected()));
      case 8 -> write(new Command.DeleteKeys(NAMESPACE, prefix(), true, OptionalLong.empty()));
      case 9, 10, 11 -> read();
      default -> write(new Command.PutKey(NAMESPACE, key(), value(), lease(), expected()));
    }
  }

  private void openSession() {
    calls.write(
        Request.of(new Command.OpenSession()),
        answer -> {
          if (answer.isPresent() && answer.get() instanceof Outcome.SessionOpened opened) {
            sessionId = opened.sessionId();
            sequence = 0;
            acknowledgedBelow = 0;
          }
          think();
        });
  }

  private void grant() {
    isSilent = false;
    ttlMillis = 1000 * random.nextLong(1, 4);
    write(new Command.GrantLease(NAMESPACE, ttlMillis));
  }

  /** As a lock is taken: who makes the key has it, and whoever does not sees who has. */
  private void lock() {
    String key = random.nextBoolean() ? "lock/a" : "lock/b";
    var isFree = new Target.Figure(Compare.Of.CREATE_REVISION, 0);
    write(
        new Command.Transact(
            NAMESPACE,
            List.of(new Compare(key, Compare.Result.EQUAL, isFree)),
            List.of(new KeyOperation.Put(key, value(), leaseId)),
            List.of(new KeyOperation.Get(key))));
  }

  private void changeWhatWasSeen() {
    if (seen.isEmpty()) {
      read();
      return;
    }
    var entry = seen.get(random.nextInt(seen.size()));
    write(
        new Command.Transact(
            NAMESPACE,
            List.of(
                new Compare(
                    entry.key(),
                    Compare.Result.EQUAL,
                    new Target.Figure(Compare.Of.MOD_REVISION, entry.modRevision())),
                new Compare(entry.key(), Compare.Result.EQUAL, new Target.Value(entry.value()))),
            List.of(
                new KeyOperation.Put(entry.key(), value(), entry.leaseId()),
                new KeyOperation.Get(entry.key())),
            List.of(new KeyOperation.Range("", 100))));
  }

  private Command anyTransaction() {
    var compares = new ArrayList<Compare>();
    for (int i = random.nextInt(3); i > 0; i--) {
      var result = List.of(Compare.Result.values()).get(random.nextInt(4));
      compares.add(
          new Compare(
              key(),
              result,
              random.nextInt(3) == 0
                  ? new Target.Value(value())
                  : new Target.Figure(
                      List.of(Compare.Of.values()).get(random.nextInt(4)), random.nextInt(3))));
    }
    return new Command.Transact(NAMESPACE, compares, operations(), operations());
  }

  private List<KeyOperation> operations() {
    var operations = new ArrayList<KeyOperation>();
    var put = new TreeSet<String>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String key = key();
      operations.add(
          switch (random.nextInt(5)) {
            case 0 -> new KeyOperation.Range(prefix(), 1 + random.nextInt(3));
            case 1 -> new KeyOperation.Delete(key, false);
            case 2 -> new KeyOperation.Delete(prefix(), true);
            default ->
                put.add(key)
                    ? new KeyOperation.Put(key, value(), lease())
                    : new KeyOperation.Get(key);
          });
    }
    return operations;
  }

  private void revoke() {
    calls.write(
        Request.of(new Command.RevokeLease(leaseId)),
        answer -> {
          leaseId = 0; // or else nobody keeps it alive any more
          think();
        });
  }

  private void read() {
    Consistency level =
        switch (random.nextInt(4)) {
          case 0 -> new Consistency.Any();
          case 1 -> new Consistency.MinRevision(revisionSeen);
          default -> new Consistency.Linearizable();
        };
    String prefix = prefix();
    calls.readKeys(
        prefix,
        level,
        answer -> {
          answer.ifPresent(page -> saw(prefix, page));
          think();
        });
  }

  private void saw(String prefix, KeyPage page) {
    revisionSeen = Math.max(revisionSeen, page.revision());
    cluster.world().totals().reads++;
    if (prefix.isEmpty()) {
      seen = page.entries();
    }
  }

  private void write(Command command) {
    sequence++;
    var repeat = new Request.Repeat(sessionId, sequence, acknowledgedBelow);
    ask(new Request(command, Optional.of(repeat)), time.nowNanos());
  }

  private void ask(Request request, long startNanos) {
    calls.write(
        request,
        answer -> {
          if (answer.isEmpty()) {
            time.after(random.nextLong(10, 300) * MILLISECOND, () -> ask(request, startNanos));
            return;
          }
          told(request, startNanos, answer.get());
          think();
        });
  }

  private void told(Request request, long startNanos, Outcome outcome) {
    var totals = cluster.world().totals();
    acknowledgedBelow = request.repeat().orElseThrow().sequence();
    switch (outcome) {
      case Outcome.SessionExpired expired -> {
        sessionId = 0; // by a jump of the wall clock
        return;
      }
      case Outcome.RequestTooOld old ->
          throw new IllegalStateException("forgotten before it was acknowledged: " + request);
      case Outcome.LeaseGranted granted -> {
        leaseId = granted.leaseId();
        // Of a grant that was asked for again, the answer may be old, and the lease gone.
        keepAlive(leaseId);
        return;
      }
      case Outcome.LeaseNotFound gone when gone.leaseId() == leaseId -> leaseId = 0;
      case Outcome.KeyPut put -> totals.keysPut++;
      case Outcome.KeysDeleted deleted -> totals.keysDeleted += deleted.keys();
      case Outcome.Transacted transacted -> totals.transactions++;
      default -> {}
    }
    revisionSeen = Math.max(revisionSeen, outcome.revision());
    cluster.world().see(new KeysWritten(startNanos, request, outcome));
  }

  /** Renews as long as this lease is its own. */
  private void keepAlive(long lease) {
    time.after(
        ttlMillis * MILLISECOND / 3,
        () -> {
          if (lease != leaseId) {
            return;
          }
          if (!isSilent) {
            renew(lease);
          }
          keepAlive(lease);
        });
  }

  private void renew(long lease) {
    long start = time.nowNanos();
    calls.renew(
        lease,
        answer -> {
          if (answer.isPresent() && answer.get() > 0) {
            cluster.world().totals().renewals++;
            cluster.world().see(new RenewalAcknowledged(start, lease, answer.get()));
          } else if (answer.isPresent() && lease == leaseId) {
            leaseId = 0;
          }
        });
  }

  /** Mostly its own; at times that of somebody else, of which it need not know. */
  private long lease() {
    return switch (random.nextInt(8)) {
      case 0, 1 -> 0;
      case 2 -> random.nextLong(1, leaseId + 1);
      default -> leaseId;
    };
  }

  private OptionalLong expected() {
    return seen.isEmpty() || random.nextInt(3) > 0
        ? OptionalLong.empty()
        : OptionalLong.of(seen.get(random.nextInt(seen.size())).modRevision());
  }

  private String key() {
    return KEYS.get(random.nextInt(KEYS.size()));
  }

  private String prefix() {
    return PREFIXES.get(random.nextInt(PREFIXES.size()));
  }

  /** Now and then the one before: a put of what is there. */
  private ByteString value() {
    valuesPut += random.nextInt(4) == 0 ? 0 : 1;
    return ByteString.copyFromUtf8(number + "-" + valuesPut);
  }
}
