package dev.rollcall.store;

import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.LoadBalancing;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSpec;
import dev.rollcall.store.instance.Status;
import dev.rollcall.store.request.SessionTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Logs in which everything meets everything: few keys, few incarnations, few leases and sessions,
 * names in both cases, clocks that jump; for {@link LaterVersion}.
 */
public final class RandomRequests {
  private final RandomGenerator random;
  private long index;
  private long wallMillis = 1_000_000;

  /** From the first entry on. */
  public RandomRequests(RandomGenerator random) {
    this.random = random;
  }

  /** The next entries, with their requests; an entry without one is empty. */
  public List<Given> next(int entries) {
    var given = new ArrayList<Given>();
    for (int i = 0; i < entries; i++) {
      index++;
      wallMillis += wallStep();
      var request = random.nextInt(20) == 0 ? Optional.<Request>empty() : Optional.of(request());
      byte[] command = request.map(CommandCodec::encode).orElseGet(() -> new byte[0]);
      given.add(new Given(new LogEntry(index, wallMillis, command), request));
    }
    return given;
  }

  /** An entry and what is in it. */
  public record Given(LogEntry entry, Optional<Request> request) {
    /** Without the requests. */
    public static List<LogEntry> entries(List<Given> given) {
      return given.stream().map(Given::entry).toList();
    }
  }

  private long wallStep() {
    return switch (random.nextInt(40)) {
      case 0 -> SessionTable.IDLE_MILLIS_MAX / 2;
      case 1 -> -1_000;
      default -> random.nextInt(100);
    };
  }

  private Request request() {
    var command = command();
    if (random.nextInt(4) != 0) {
      return Request.of(command);
    }
    long sequence = 1 + random.nextLong(10);
    return new Request(
        command,
        Optional.of(
            new Request.Repeat(1 + random.nextInt(6), sequence, random.nextLong(sequence + 1))));
  }

  private Command command() {
    return switch (random.nextInt(33)) {
      case 0, 1, 2, 3, 4 -> register();
      case 5, 6 -> update();
      case 7, 8 -> new Command.Deregister(key(), random.nextInt(6));
      case 9, 10 ->
          new Command.ExpireLeases(
              random.longs(1 + random.nextInt(3), 1, 2 + index / 3).boxed().toList());
      case 11 ->
          new Command.GrantLease(
              random.nextBoolean() ? "shop" : "default", 1_000 + random.nextInt(3));
      case 12 -> new Command.RevokeLease(1 + random.nextLong(1 + index / 3));
      case 13 -> setLifecycle();
      case 14 ->
          new Command.SetOverride(
              key(),
              random.nextBoolean() ? Status.DOWN : Status.UP,
              "somebody",
              "",
              random.nextBoolean() ? 0 : 1_000 + random.nextInt(500));
      case 15 -> new Command.ClearOverride(key());
      case 16, 17 ->
          new Command.PutServiceSpec(
              new ServiceSpec(
                  key().service(),
                  Collections.emptySortedMap(),
                  1_000L * random.nextInt(3),
                  random.nextInt(2),
                  LoadBalancing.UNSPECIFIED,
                  Collections.emptySortedMap()),
              expectedRevision());
      case 18 ->
          random.nextBoolean()
              ? new Command.DeleteServiceSpec(key().service(), expectedRevision())
              : new Command.PassDeadlines();
      case 20 ->
          random.nextBoolean()
              ? new Command.EngageGuard(namespace())
              : new Command.ReleaseGuard(namespace(), "ann");
      case 21, 22 -> new Command.SuspectLeases(leases());
      case 23 -> new Command.TrustLeases(leases());
      case 24 -> new Command.RaiseFeatureLevel(1 + random.nextInt(3));
      case 25, 26, 27, 28, 29, 30 ->
          new RandomKeys(random, 1 + index / 3, 1 + index / 2).next(namespace());
      case 31 -> new Command.CompactChanges(1 + random.nextLong(1 + index));
      default -> new Command.OpenSession();
    };
  }

  private String namespace() {
    return random.nextBoolean() ? "shop" : "default";
  }

  private List<Long> leases() {
    return random.longs(1 + random.nextInt(3), 1, 2 + index / 3).boxed().toList();
  }

  private OptionalLong expectedRevision() {
    return random.nextInt(3) == 0
        ? OptionalLong.of(random.nextLong(1 + index / 2))
        : OptionalLong.empty();
  }

  private Command setLifecycle() {
    var lifecycle = List.of(Lifecycle.values()).get(random.nextInt(3));
    long grace = lifecycle == Lifecycle.DRAINING ? 1_000 + random.nextInt(500) : 0;
    return new Command.SetLifecycle(key(), random.nextInt(6), lifecycle, grace);
  }

  private Command update() {
    var update = StoreUnderTest.weight(key(), random.nextInt(5), random.nextInt(3));
    return random.nextInt(4) != 0
        ? update
        : new Command.Update(
            update.key(),
            update.incarnation(),
            random.nextLong(1 + index / 2),
            update.status(),
            update.weight(),
            update.metadata(),
            update.tags());
  }

  private Command register() {
    var keys = new TreeSet<InstanceKey>();
    String namespace = random.nextBoolean() ? "shop" : "default";
    for (int i = random.nextInt(4); i >= 0; i--) {
      keys.add(key(namespace));
    }
    var instances = new ArrayList<Instance>();
    for (var key : keys) {
      instances.add(Instances.instance(key, 1 + random.nextInt(6), random.nextInt(3)));
    }
    return new Command.Register(
        instances,
        random.nextInt(3) == 0
            ? new Keeper.ExistingLease(1 + random.nextLong(1 + index / 3))
            : random.nextInt(4) == 0
                ? new Keeper.DefaultLease()
                : new Keeper.NewLease(1_000 + random.nextInt(3)));
  }

  private InstanceKey key() {
    return key(random.nextBoolean() ? "shop" : "default");
  }

  private InstanceKey key(String namespace) {
    String service = random.nextBoolean() ? "pay" : random.nextBoolean() ? "Stock" : "stock";
    return new InstanceKey(new ServiceKey(namespace, service), "i-" + random.nextInt(4));
  }
}
