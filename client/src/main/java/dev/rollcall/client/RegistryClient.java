package dev.rollcall.client;

import dev.rollcall.client.cache.KeyCaches;
import dev.rollcall.client.cache.ServiceCache;
import dev.rollcall.client.cache.ServiceCaches;
import dev.rollcall.client.changes.ChangeFeed;
import dev.rollcall.client.changes.ChangeFeeds;
import dev.rollcall.client.changes.ChangeListener;
import dev.rollcall.client.changes.ChangeQuery;
import dev.rollcall.client.keepalive.LeaseKeeper;
import dev.rollcall.client.keys.KeyValues;
import dev.rollcall.client.keys.WriteSession;
import dev.rollcall.client.lock.Contests;
import dev.rollcall.client.lock.LeaderElection;
import dev.rollcall.client.lock.Lock;
import dev.rollcall.client.registration.Incarnations;
import dev.rollcall.client.registration.Registration;
import dev.rollcall.client.registration.Registrations;
import dev.rollcall.client.snapshot.SavedSnapshot;
import dev.rollcall.client.snapshot.SnapshotProgress;
import dev.rollcall.client.snapshot.Snapshots;
import dev.rollcall.client.transport.Addresses;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.transport.MemberDiscovery;
import dev.rollcall.client.transport.Nodes;
import dev.rollcall.client.transport.UnaryCall;
import dev.rollcall.client.transport.UnaryCalls;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.client.watch.Watches;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.DeregisterResponse;
import dev.rollcall.v1.InstanceKey;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RegisterResponse;
import dev.rollcall.v1.RegistrationGrpc;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A client of one registry: the door to everything. Immutable, safe for any thread; one per process
 * is enough. Connects when first used.
 *
 * <p>Blocking calls take the call timeout at most, repeats on other nodes included, and throw
 * {@link RegistryException}. They may be made from listeners. Interrupting one ends it like a
 * timeout, with the interrupt status set.
 */
public final class RegistryClient implements AutoCloseable {
  private static final Duration CONTEST_TTL = Duration.ofSeconds(10);

  private final String namespace;
  private final Duration callTimeout;
  private final Duration closeTimeout;
  private final EventLoop loop;
  private final Callbacks callbacks;
  private final Nodes nodes;
  private final UnaryCalls calls;
  private final BlockingCalls asking;
  private final Lookups lookups;
  private final ClusterCalls cluster;
  private final MemberDiscovery discovery;
  private final LeaseKeeper keeper;
  private final Watches watches;
  private final Incarnations incarnations;
  private final Registrations registrations;
  private final ServiceCaches caches;
  private final ChangeFeeds feeds;
  private final KeyCaches keyCaches;
  private final KeyValues keys;
  private final Contests contests;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  RegistryClient(ClientConfig config, EventLoop loop, Callbacks callbacks) {
    this.namespace = config.namespace();
    this.callTimeout = config.callTimeout();
    this.closeTimeout = config.closeTimeout();
    this.loop = loop;
    this.callbacks = callbacks;
    nodes = new Nodes(loop, config.channels(), config.endpoints(), config.directory());
    calls = new UnaryCalls(loop, nodes);
    asking = new BlockingCalls(loop, calls, callTimeout);
    lookups = new Lookups(asking, namespace, callTimeout);
    cluster = new ClusterCalls(asking, callTimeout);
    discovery = new MemberDiscovery(loop, nodes, calls);
    keeper = new LeaseKeeper(loop, nodes);
    watches = new Watches(loop, nodes);
    incarnations = new Incarnations(loop);
    registrations =
        new Registrations(
            new Registrations.Wiring(
                loop, incarnations, callbacks, calls, keeper, callTimeout, closeTimeout));
    caches = new ServiceCaches(loop, callbacks, watches);
    feeds = new ChangeFeeds(loop, callbacks, nodes, namespace);
    keyCaches = new KeyCaches(loop, callbacks, watches);
    var session = new WriteSession(asking, callTimeout);
    keys = new KeyValues(asking, session, keyCaches, namespace, callTimeout);
    contests =
        new Contests(
            new Contests.Wiring(
                loop, callbacks, keeper, watches, leases(), keys, namespace, callTimeout));
    if (config.discoverMembers()) {
      loop.execute(discovery::start);
    }
  }

  /** Starts to describe a client. */
  public static RegistryClientBuilder builder() {
    return new RegistryClientBuilder();
  }

  /** The namespace of names given without one. */
  public String namespace() {
    return namespace;
  }

  /**
   * Registers an instance and keeps it registered until the handle, or the client, is closed. Does
   * not block: the handle tells how it goes.
   *
   * @param ttl how long the instance stays after its process fell silent: 1 s to 24 h
   * @throws RegistryException.InvalidRequest when the TTL is out of range
   */
  public Registration register(ServiceInstance instance, Duration ttl) {
    Rules.requireTtl(ttl);
    requireOpen();
    return registrations.register(named(instance), ttl);
  }

  /**
   * As {@link #register}, and waits until it is acknowledged. Blocks.
   *
   * @throws RegistryException when it was refused, or not acknowledged within the call timeout;
   *     then nothing is kept up
   */
  public Registration registerAndWait(ServiceInstance instance, Duration ttl) {
    Registration registration = register(instance, ttl);
    boolean isRegistered = false;
    try {
      isRegistered = registration.awaitRegistered(callTimeout.plus(callTimeout.dividedBy(10)));
      if (!isRegistered) {
        throw registration
            .lastFailure()
            .orElseGet(() -> new RegistryException.Indeterminate("no answer in time", null));
      }
      return registration;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException.Indeterminate("interrupted", e);
    } finally {
      if (!isRegistered) {
        registration.close();
      }
    }
  }

  /**
   * Registers an instance and leaves it to its TTL: nobody keeps it alive. Blocks.
   *
   * @return the instance as registered
   */
  public ServiceInstance registerOnce(ServiceInstance instance, Duration ttl) {
    Rules.requireTtl(ttl);
    return registerOnce(instance, request -> request.setTtlMillis(ttl.toMillis()));
  }

  /**
   * Registers an instance under a lease that somebody keeps alive, of {@link #leases} or another
   * registration's. Nobody registers it again when that lease is lost. Blocks.
   *
   * @return the instance as registered
   */
  public ServiceInstance registerUnder(long leaseId, ServiceInstance instance) {
    return registerOnce(instance, request -> request.setLeaseId(leaseId));
  }

  private ServiceInstance registerOnce(
      ServiceInstance instance, Consumer<RegisterRequest.Builder> keeper) {
    ServiceInstance wanted = named(instance);
    long incarnation = incarnations.next();
    RegisterRequest.Builder request =
        RegisterRequest.newBuilder().addInstances(WireCodec.encode(wanted, namespace, incarnation));
    keeper.accept(request);
    RegisterResponse answer =
        asking.ask(
            UnaryCall.write(
                RegistrationGrpc.getRegisterMethod(),
                request.build(),
                RegisterResponse::getHeader,
                callTimeout));
    long revision = answer.getHeader().getRevision();
    return wanted.toBuilder()
        .registered(
            new ServiceInstance.Registered(incarnation, answer.getLeaseId(), revision, revision))
        .build();
  }

  /** Leases that are made before anything is registered under them. */
  public Leases leases() {
    requireOpen();
    return new Leases(new Leases.Wiring(loop, callbacks, keeper, asking, namespace, callTimeout));
  }

  /**
   * Tells a listener every change of what the query says, until the feed, or the client, is closed.
   * Does not block: the listener hears how it goes.
   *
   * @throws IllegalArgumentException when the query's history id is not hexadecimal
   */
  public ChangeFeed changes(ChangeQuery query, ChangeListener listener) {
    WireCodec.bytes(query.historyId());
    requireOpen();
    return feeds.feed(query, listener);
  }

  /** Keys and values of the client's namespace. */
  public KeyValues keys() {
    requireOpen();
    return keys;
  }

  /** A lock of that name, under leases of 10 s. */
  public Lock lock(String name) {
    return lock(name, CONTEST_TTL);
  }

  /**
   * A lock of that name. Does not block.
   *
   * @param name 1 to 128 characters of [A-Za-z0-9._-]
   * @param ttl of the lease that the holder keeps, 1 s to 24 h: how long the lock stays with a
   *     process that fell silent
   * @throws RegistryException.InvalidRequest when the name or the TTL is outside the rules
   */
  public Lock lock(String name, Duration ttl) {
    Rules.requireName("lock", name);
    Rules.requireTtl(ttl);
    requireOpen();
    return contests.lock(name, ttl);
  }

  /** An election of that name, under leases of 10 s. */
  public LeaderElection election(String name) {
    return election(name, CONTEST_TTL);
  }

  /**
   * An election of that name. Does not block.
   *
   * @param name 1 to 128 characters of [A-Za-z0-9._-]
   * @param ttl of the lease that the leader keeps, 1 s to 24 h
   * @throws RegistryException.InvalidRequest when the name or the TTL is outside the rules
   */
  public LeaderElection election(String name, Duration ttl) {
    Rules.requireName("election", name);
    Rules.requireTtl(ttl);
    requireOpen();
    return contests.election(name, ttl);
  }

  /**
   * Removes an instance, whichever life of it is there. Blocks. For operators: a program closes its
   * {@link Registration}. A handle that keeps the instance would register it again.
   *
   * @return the revision of the removal
   */
  public long deregister(String service, String instanceId) {
    DeregisterRequest request =
        DeregisterRequest.newBuilder().setKey(key(service, instanceId)).build();
    return asking
        .ask(
            UnaryCall.write(
                RegistrationGrpc.getDeregisterMethod(),
                request,
                DeregisterResponse::getHeader,
                callTimeout))
        .getHeader()
        .getRevision();
  }

  /** A cache of a service, kept up to date until it, or the client, is closed. Does not block. */
  public ServiceCache cache(String service) {
    return cache(service, "");
  }

  /**
   * A cache of those instances of a service for which a filter holds; one that ceases to fit is
   * removed from it. Does not block. An expression that the registry cannot read shows as {@link
   * ServiceCache#state}, which stays empty and says so.
   *
   * @param filter such as {@code meta.env == prod}; empty means all
   */
  public ServiceCache cache(String service, String filter) {
    Rules.requireName("service", service);
    requireOpen();
    return caches.cache(namespace, service, filter);
  }

  /** The instances of a service, linearizable. Blocks. */
  public ResolvedService resolve(String service) {
    return resolve(Lookup.of(service));
  }

  /** The instances of a service, as fresh as said. Blocks. */
  public ResolvedService resolve(String service, Consistency consistency) {
    return resolve(Lookup.of(service).withConsistency(consistency));
  }

  /**
   * The instances that are looked for. Blocks, for each MiB of them at most the call timeout. Many
   * instances come in several answers; when the service changes between two of them they are asked
   * for again, a few times, so that the result is of one moment ({@link
   * ResolvedService#isOneRevision}).
   */
  public ResolvedService resolve(Lookup lookup) {
    return lookups.resolve(lookup);
  }

  /**
   * One instance, whatever its status. Blocks.
   *
   * @throws RegistryException.NotFound when there is none of that name
   */
  public ServiceInstance instance(String service, String instanceId, Consistency consistency) {
    return lookups.instance(key(service, instanceId), consistency);
  }

  /**
   * Why an instance is, or is not, among those to which callers who look up so send traffic. That
   * it is not registered is an answer too. Blocks.
   *
   * @param pool how they look up; its limit plays no part
   */
  public Explanation explain(Lookup pool, String instanceId) {
    return lookups.explain(pool, key(pool.service(), instanceId));
  }

  /**
   * A page of the services that have instances or a spec. A page of a filtered list may be short,
   * or empty, and not be the last. Blocks.
   */
  public ServicePage listServices(ServiceQuery query) {
    return lookups.services(query);
  }

  /**
   * All services that have instances or a spec and whose names start so, page by page. Blocks, for
   * each page at most the call timeout.
   */
  public List<ServiceSummary> listServices(String prefix) {
    return listAllServices(ServiceQuery.prefix(prefix));
  }

  /**
   * All services that are looked for, from the query's page on, page by page. Blocks, for each page
   * at most the call timeout.
   */
  public List<ServiceSummary> listAllServices(ServiceQuery query) {
    return lookups.allServices(query);
  }

  /** The members of the cluster, as some node knows them. Blocks. */
  public List<Member> members() {
    return cluster.members();
  }

  /**
   * The members as one node knows them, which need not be among the endpoints. Asked once. Blocks.
   *
   * @param endpoint host:port
   */
  public List<Member> members(String endpoint) {
    return cluster.members(Addresses.parse(endpoint));
  }

  /** What operators do to services and to instances that others registered. */
  public Operations operations() {
    return new Operations(asking, namespace, callTimeout);
  }

  /** Changes who the members are. */
  public Membership membership() {
    return new Membership(asking::ask, callTimeout);
  }

  /**
   * Raises the feature level that the cluster has agreed on, once every member's software knows it;
   * it never goes down. Blocks; repeating it is safe.
   *
   * @param level empty for the highest that the leader's software knows
   */
  public FeatureLevelRaised raiseFeatureLevel(OptionalInt level) {
    return cluster.raiseFeatureLevel(level);
  }

  /**
   * Saves a snapshot of the registry into a backup file, while everything goes on: of a node that
   * may be behind others. Blocks as long as it takes; the call timeout is for the beginning.
   *
   * @param file takes its name only once it is whole, verified and durable
   * @param mayReplace whether one that is there may go
   * @param progress told after each chunk, on this thread
   * @throws java.nio.file.FileAlreadyExistsException when there is a file that may not go
   * @throws IOException when the file cannot be written; nothing is left of it
   * @throws RegistryException when no node sent one, or it broke off; likewise
   */
  public SavedSnapshot saveSnapshot(
      Path file, boolean mayReplace, Consumer<SnapshotProgress> progress) throws IOException {
    requireOpen();
    return new Snapshots(loop, nodes, callTimeout).save(file, mayReplace, progress);
  }

  /**
   * The state of one node, which need not be among the endpoints. Asked once. Blocks.
   *
   * @param endpoint host:port
   */
  public NodeStatus status(String endpoint) {
    return cluster.status(Addresses.parse(endpoint));
  }

  /** As {@link #status}, without blocking; completes on the callback thread. */
  public CompletableFuture<NodeStatus> statusAsync(String endpoint) {
    requireOpen();
    return calls
        .callNode(Addresses.parse(endpoint), cluster.statusCall())
        .thenApplyAsync(answer -> WireCodec.decode(answer.message()), callbacks);
  }

  private InstanceKey key(String service, String instanceId) {
    Rules.requireName("service", service);
    Rules.requireInstanceId(instanceId);
    return InstanceKey.newBuilder()
        .setNamespace(namespace)
        .setService(service)
        .setInstanceId(instanceId)
        .build();
  }

  private ServiceInstance named(ServiceInstance instance) {
    return instance.namespace().isEmpty()
        ? instance.toBuilder().namespace(namespace).build()
        : instance;
  }

  private void requireOpen() {
    asking.requireOpen();
  }

  /**
   * Deregisters what its handles registered, within the close timeout, and ends everything else.
   * Blocks for that long at most; a second call does nothing.
   */
  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    asking.close();
    awaitQuietly(registrations.close());
    caches.close();
    var ended = new CompletableFuture<Void>();
    loop.execute(() -> {
      end();
      ended.complete(null);
    });
    awaitQuietly(ended);
    loop.close();
    callbacks.close();
  }

  private void end() {
    discovery.close();
    keeper.close();
    feeds.close();
    keyCaches.close();
    watches.close();
    calls.close();
    nodes.close();
  }

  private void awaitQuietly(CompletableFuture<Void> done) {
    try {
      loop.await(done, closeTimeout.plusSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException e) {
      // What is not deregistered by now ends with its lease.
      return;
    }
  }
}
