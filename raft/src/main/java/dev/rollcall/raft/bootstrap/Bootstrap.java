package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.bootstrap.BootstrapRefused.Reason;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.log.Disk;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes a data directory that of a member. New → bound → initialised, each step durable before
 * anybody hears of it:
 *
 * <ol>
 *   <li>New: the node id is made with the directory.
 *   <li>Bound: every listed address has answered in one round, and the node binds itself to the ids
 *       that did. It never binds itself to others afterwards.
 *   <li>Initialised: every founder has said that it is bound to the same set, or one of them is
 *       initialised, which proves it. First the log is created, with the founders as entry 1, then
 *       the identity says so. A log beside a bound identity is a crash between the two, and is
 *       taken as it is.
 * </ol>
 *
 * <p>A node that joins does not found: new → admitted → initialised. It waits until the leader of a
 * cluster says that it is a member there, writes down where it will belong, begins its log with the
 * configuration it was told, and then belongs there. After a crash in between it waits again, and
 * is told again; its log, once begun, is taken as it is.
 *
 * <p>Why two clusters never arise: a founder serves only after all founders were bound to its set,
 * a node is bound once, and a node whose directory was emptied is another node, which the bound
 * ones name nowhere. It needs the answers of all listed members to bind itself, and the first that
 * is bound or initialised turns it away.
 *
 * <p>{@link #introduce} and {@link #admit} may be called from any thread, for as long as the
 * process lives; the rest belongs to the starting thread.
 */
public final class Bootstrap {
  static final int GROUP_ID = 0;
  private static final long RETRY_MILLIS = 200;

  private final BootstrapConfig config;
  private final IdentityFile file;
  private final Disk logDirectory;
  private NodeIdentity identity;
  private volatile Introduction introduction;

  /** What askers said of themselves, by the address they give; what is news cuts a pause short. */
  private final Map<String, Introduction> askers = new ConcurrentHashMap<>();

  private final Semaphore news = new Semaphore(0);
  private final Optional<WaitingRoom> waitingRoom;
  private volatile @Nullable BootstrapRefused refusal;

  private Bootstrap(
      BootstrapConfig config, IdentityFile file, Disk logDirectory, NodeIdentity identity) {
    this.config = config;
    this.file = file;
    this.logDirectory = logDirectory;
    this.identity = identity;
    this.introduction = introductionOf(identity);
    this.waitingRoom =
        config
            .join()
            .map(contact -> new WaitingRoom(identity.nodeId(), config.peerAddress(), contact));
  }

  /**
   * Reads who the directory belongs to; a new one gets its node id here.
   *
   * @param directory holds the identity
   * @param logDirectory holds the log, and nothing else
   * @param random draws the node id: must be one that never draws the same on two nodes
   * @throws BootstrapRefused when the directory must not be started with
   */
  public static Bootstrap open(
      Disk directory, Disk logDirectory, BootstrapConfig config, RandomGenerator random) {
    IdentityFile file = new IdentityFile(directory);
    Optional<NodeIdentity> found = file.read();
    boolean hasLog = SegmentedLog.exists(logDirectory);
    if (found.isEmpty() && !hasLog) {
      NodeIdentity created = NodeIdentity.created(new NodeId(random.nextLong(), random.nextLong()));
      file.write(created);
      return new Bootstrap(config, file, logDirectory, created);
    }
    String path = directory.path(IdentityFile.NAME);
    NodeIdentity identity = found.orElseThrow(() -> identityMissing(path));
    if (hasLog && identity.equals(NodeIdentity.created(identity.nodeId()))) {
      throw identityMissing(path);
    }
    if (identity.isRecovering()) {
      throw new BootstrapRefused(
          Reason.RECOVERY_UNFINISHED,
          path
              + " says that a recovery of this node was begun: finish it with `registryd recover"
              + " --yes` and the same data-dir");
    }
    if (!hasLog && identity.cluster().isPresent()) {
      throw new BootstrapRefused(
          Reason.LOG_MISSING,
          ("%s says that this node is initialised, but its log is gone: put the log back, or start"
                  + " with an empty directory and let the new node take this one's place with"
                  + " `registryctl member replace`")
              .formatted(path));
    }
    requireOwn(path, identity, config);
    if (!hasLog) {
      requireFree(path, identity, config);
    }
    return new Bootstrap(config, file, logDirectory, identity);
  }

  /**
   * What this node answers to one that introduces itself. Any thread.
   *
   * @param asker looked at only while this node is not initialised
   */
  public Introduction introduce(Introduction asker) {
    Introduction now = introduction;
    if (now.cluster().isEmpty() && asker.cluster().isEmpty() && !isJoining(now, asker)) {
      if (!asker.listed().equals(now.listed())) {
        refusal = new Answers(now, Map.of()).listsDiffer(asker.peerAddress(), asker);
        news.release();
      } else if (now.listed().contains(asker.peerAddress())
          && !asker.equals(askers.put(asker.peerAddress(), asker))) {
        news.release();
      }
    }
    return now;
  }

  /** Whether either of the two will not found a cluster: then lists say nothing. */
  private static boolean isJoining(Introduction one, Introduction other) {
    return one.isWaiting() || other.isWaiting();
  }

  /**
   * Takes the word of a leader that this node is a member of its cluster.
   *
   * @return completed once that is durable here, or was before; exceptionally, with an {@link
   *     AdmissionRefused}, when this node does not take it
   */
  public CompletableFuture<Void> admit(Admission admission) {
    Introduction now = introduction;
    if (now.cluster().isPresent()) {
      boolean isOurs =
          admission.addressee().equals(now.nodeId())
              && now.cluster().get().equals(admission.cluster());
      return isOurs
          ? CompletableFuture.completedFuture(null)
          : CompletableFuture.failedFuture(
              new AdmissionRefused(
                  "node %s belongs to cluster %s already"
                      .formatted(now.nodeId(), now.cluster().get().clusterId()),
                  true));
    }
    if (waitingRoom.isEmpty()) {
      return CompletableFuture.failedFuture(
          new AdmissionRefused("the node does not wait to be let in", true));
    }
    CompletableFuture<Void> taken = waitingRoom.get().offer(admission);
    news.release();
    return taken;
  }

  /**
   * Waits until this node is initialised; returns at once when it already is, or when it is the
   * only member.
   *
   * @param introducer asks the nodes at other addresses
   * @param progress told in one line what this node waits for, each time that changes
   * @throws BootstrapRefused when no waiting can help
   * @throws InterruptedException when interrupted; the directory is as good as before
   */
  public Founded run(Introducer introducer, Consumer<String> progress) throws InterruptedException {
    String said = "";
    while (true) {
      Map<String, Introduction> answers = ask(introducer);
      Optional<Founded> founded = turn(answers);
      if (founded.isPresent()) {
        return founded.get();
      }
      String line = waitingFor(answers);
      if (!line.equals(said)) {
        progress.accept(line);
        said = line;
      }
      if (news.tryAcquire(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
        news.drainPermits();
        // One who is let in need not ask again first.
        Optional<Founded> letIn = isWaiting() ? turn(answers) : Optional.empty();
        if (letIn.isPresent()) {
          return letIn.get();
        }
      }
    }
  }

  /** Addresses at which to ask who is there, before the next {@link #turn}. */
  public List<String> toAsk() {
    if (isDecided()) {
      return List.of();
    }
    return config.join().map(List::of).orElseGet(this::otherListed);
  }

  /**
   * Goes as far as one round of answers allows: all that is decided here is decided by this, which
   * waits for nothing. Belongs to the starting thread.
   *
   * @param answers of those that answered, by the address in {@link #toAsk}
   * @throws BootstrapRefused when no waiting can help
   */
  public Optional<Founded> turn(Map<String, Introduction> answers) {
    if (isWaiting()) {
      return turn(waitingRoom.orElseThrow(), answers);
    }
    BootstrapRefused refused = refusal;
    if (refused != null) {
      throw refused;
    }
    if (!isDecided() && !isDecidedBy(new Answers(introduction, answers))) {
      return Optional.empty();
    }
    return Optional.of(initialised());
  }

  private Optional<Founded> turn(WaitingRoom room, Map<String, Introduction> answers) {
    room.heard(Optional.ofNullable(answers.get(room.contact())));
    Optional<WaitingRoom.Offer> offer = room.next();
    if (offer.isEmpty()) {
      return Optional.empty();
    }
    Founded founded = admitted(offer.get().admission());
    offer.get().taken().complete(null);
    return Optional.of(founded);
  }

  /** Whether the node can only wait for a leader to let it in. */
  private boolean isWaiting() {
    return waitingRoom.isPresent() && !isDecided();
  }

  private String waitingFor(Map<String, Introduction> answers) {
    return isWaiting()
        ? waitingRoom.orElseThrow().waitingFor()
        : new Answers(introduction, answers).waitingFor(identity.founders());
  }

  /** Where it will belong, then the log, then where it belongs: each durable before the next. */
  private Founded admitted(Admission admission) {
    become(identity.boundFor(admission.cluster()));
    var start = new LogStart(EntryId.NONE, new ConfigurationAt(0, admission.configuration()));
    beginLog(logIdentity(identity.destination()), start);
    Founded founded = initialised();
    return new Founded(founded.identity(), founded.log(), true);
  }

  /** What this node says of itself now. Any thread. */
  public Introduction introduction() {
    return introduction;
  }

  /** Whether nobody need be asked: the log was created, so all founders were bound before. */
  private boolean isDecided() {
    return identity.cluster().isPresent() || SegmentedLog.exists(logDirectory);
  }

  private boolean isDecidedBy(Answers answers) {
    answers.requireCompatible();
    if (answers.isFounded()) {
      return true;
    }
    if (!identity.isBound() && !answers.areComplete()) {
      return false;
    }
    List<Member> founders = identity.isBound() ? identity.founders() : answers.founders();
    List<String> contradicting = answers.contradicting(founders);
    if (!contradicting.isEmpty()) {
      if (answers.areComplete()) {
        throw answers.broken(contradicting);
      }
      // One that has not answered may be initialised, and then this node has its place there.
      return false;
    }
    if (!identity.isBound()) {
      become(identity.boundTo(founders));
    }
    return answers.areAllBoundTo(founders);
  }

  private Founded initialised() {
    LogIdentity logIdentity = logIdentity(identity.destination());
    SegmentedLog log =
        SegmentedLog.exists(logDirectory)
            ? SegmentedLog.open(logDirectory, logIdentity, config.log())
            : SegmentedLog.create(
                logDirectory,
                logIdentity,
                config.log(),
                Configuration.ofVoters(identity.founders()));
    if (identity.cluster().isEmpty()) {
      try {
        become(identity.initialised());
      } catch (RuntimeException e) {
        log.close();
        throw e;
      }
    }
    return new Founded(logIdentity, log, false);
  }

  private void beginLog(LogIdentity logIdentity, LogStart start) {
    SegmentedLog.createFrom(logDirectory, logIdentity, config.log(), HardState.INITIAL, start)
        .close();
  }

  private LogIdentity logIdentity(ClusterIdentity cluster) {
    return new LogIdentity(cluster.clusterId(), cluster.historyId(), identity.nodeId(), GROUP_ID);
  }

  private void become(NodeIdentity next) {
    file.write(next);
    identity = next;
    introduction = introductionOf(next);
  }

  private Introduction introductionOf(NodeIdentity of) {
    return new Introduction(
        of.nodeId(),
        config.peerAddress(),
        config.clientAddress(),
        config.listed(),
        of.founders(),
        of.cluster());
  }

  private Map<String, Introduction> ask(Introducer introducer) throws InterruptedException {
    Map<String, CompletableFuture<Introduction>> asked = new HashMap<>();
    for (String address : toAsk()) {
      asked.put(address, introducer.introduce(address, introduction));
    }
    Map<String, Introduction> answers = new HashMap<>();
    for (Map.Entry<String, CompletableFuture<Introduction>> each : asked.entrySet()) {
      answerOf(each.getValue()).ifPresent(answer -> answers.put(each.getKey(), answer));
    }
    return answers;
  }

  private List<String> otherListed() {
    return config.listed().stream()
        .filter(address -> !address.equals(config.peerAddress()))
        .toList();
  }

  private static Optional<Introduction> answerOf(CompletableFuture<Introduction> asked)
      throws InterruptedException {
    try {
      return Optional.of(asked.get());
    } catch (ExecutionException e) {
      // Nobody there, for now: the progress line says so.
      return Optional.empty();
    }
  }

  private static void requireOwn(String path, NodeIdentity identity, BootstrapConfig config) {
    for (Member founder : identity.founders()) {
      if (founder.peerAddress().equals(config.peerAddress())
          && !founder.id().equals(identity.nodeId())) {
        throw new BootstrapRefused(
            Reason.OTHER_NODES_DIRECTORY,
            "%s is of node %s, but this node is configured with the address %s of node %s"
                .formatted(path, identity.nodeId(), config.peerAddress(), founder.id()));
      }
    }
    List<String> agreed = identity.founders().stream().map(Member::peerAddress).sorted().toList();
    if (identity.isBound() && identity.cluster().isEmpty() && !agreed.equals(config.listed())) {
      throw new BootstrapRefused(
          Reason.MEMBER_LIST,
          "%s has agreed on the members %s, but %s are listed"
              .formatted(path, agreed, config.listed()));
    }
  }

  /** What was begun in one way is not ended in the other. */
  private static void requireFree(String path, NodeIdentity identity, BootstrapConfig config) {
    if (config.join().isPresent() && identity.isBound() && identity.cluster().isEmpty()) {
      throw new BootstrapRefused(
          Reason.MEMBER_LIST,
          path
              + " is bound to the founders of a cluster: a node that joins needs an empty"
              + " directory");
    }
    if (config.join().isEmpty() && identity.cluster().isEmpty() && identity.next().isPresent()) {
      throw new BootstrapRefused(
          Reason.MEMBER_LIST,
          path + " says that this node is being let into a cluster: start it with --join");
    }
  }

  private static BootstrapRefused identityMissing(String path) {
    return new BootstrapRefused(
        Reason.IDENTITY_MISSING,
        ("there is a log, but %s does not say whose it is: put the file back, or start with an"
                + " empty directory and let the new node take this one's place with `registryctl"
                + " member replace`")
            .formatted(path));
  }
}
