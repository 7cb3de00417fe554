package dev.rollcall.raft.core;

import dev.rollcall.raft.core.RaftEvent.Propose;
import dev.rollcall.raft.core.RaftEvent.ReadIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A group to which things happen at random, all from one seed: messages arrive in any order, late,
 * twice, never or long after; writes take any time; nodes crash and lose what was not durable;
 * links fail one way or both; members are added, replaced and removed; logs are compacted, and
 * whoever is behind them fetches a snapshot. {@link SafetyChecks} looks on.
 */
final class RandomGroup {
  private record Letter(NodeId from, NodeId to, Message message) {}

  private record Fetch(NodeId to, StateCopy copy) {}

  private record OpenRead(NodeId node, long indexAtLeast) {}

  private static final int OLD_LETTERS_MAX = 40;

  /** Nodes that stand ready to join. */
  private static final int SPARES = 4;

  private static final long FIRST_SPARE = 200;

  private final RandomGenerator random;
  private final TreeMap<NodeId, TestNode> nodes = new TreeMap<>();
  private final List<TestNode> all;
  private final SafetyChecks checks;
  private final List<Letter> letters = new ArrayList<>();
  private final List<Letter> oldLetters = new ArrayList<>();
  private final Set<List<NodeId>> cuts = new HashSet<>();
  private final Map<NodeId, Set<Long>> openTickets = new HashMap<>();
  private final Map<NodeId, Integer> clockRates = new HashMap<>();
  private final Map<Long, OpenRead> openReads = new HashMap<>();
  private final List<Fetch> fetches = new ArrayList<>();
  private final boolean hashing;
  private @Nullable TestNode paused;

  /** How unkind this seed is, 0 to 3, until it settles. */
  private int trouble;

  private long nextTicket;
  private long readsAnswered;
  private long crashes;
  private long installs;
  private long resets;
  private long compactions;
  private long transfers;
  private long stalls;
  private long digestsAgreed;
  private long hash;

  RandomGroup(long seed, boolean hashing) {
    this.hashing = hashing;
    this.random = new SplittableRandom(seed);
    this.trouble = random.nextInt(4);
    Configuration configuration = RandomGroupSettings.configuration(random);
    RaftConfig config = RandomGroupSettings.config(random);
    for (Member member : configuration.members()) {
      add(member.id(), new MemoryDisk(configuration), config);
    }
    for (long spare = FIRST_SPARE; spare < FIRST_SPARE + SPARES; spare++) {
      add(Members.id(spare), MemoryDisk.ofJoining(configuration), config);
    }
    all = List.copyOf(nodes.values());
    checks = new SafetyChecks(nodes);
  }

  private void add(NodeId id, MemoryDisk disk, RaftConfig config) {
    var nodeRandom = new SplittableRandom(random.nextLong());
    nodes.put(id, new TestNode(id, disk, config, nodeRandom, event -> trace(id, event)));
    openTickets.put(id, new HashSet<>());
    clockRates.put(id, random.nextInt(4));
  }

  SafetyChecks checks() {
    return checks;
  }

  long readsAnswered() {
    return readsAnswered;
  }

  long crashes() {
    return crashes;
  }

  long transfers() {
    return transfers;
  }

  /** Leaders that let go because of their disk. */
  long stalls() {
    return stalls;
  }

  /** Readys of leaders with a digest that a majority had reported. */
  long digestsAgreed() {
    return digestsAgreed;
  }

  /** Snapshots that a node switched to. */
  long installs() {
    return installs;
  }

  /** Of these, those whose log began anew. */
  long resets() {
    return resets;
  }

  long compactions() {
    return compactions;
  }

  /** Over every event, Ready and trace event so far. */
  long hash() {
    return hash;
  }

  /** Lets things happen. */
  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      happen();
    }
  }

  /** Faults end; within bounded time a leader must lead, and all must agree on all there is. */
  void settle() {
    trouble = 0;
    cuts.clear();
    oldLetters.clear();
    paused = null;
    for (TestNode node : all) {
      if (!node.isUp()) {
        restart(node);
      }
    }
    for (int tick = 0; tick < 1200; tick++) {
      quieten();
      if (tick % 20 == 19 && isSettled()) {
        return;
      }
      for (TestNode node : all) {
        node.tick(1);
      }
    }
    var states = new StringBuilder();
    for (TestNode node : all) {
      states.append(
          "%n%d: %s term %d commit %d applied %d last %d from %d %s"
              .formatted(
                  node.id().low(),
                  node.core().role(),
                  node.core().currentTerm(),
                  node.core().commitIndex(),
                  node.applied().size(),
                  node.core().lastIndex(),
                  node.disk().firstIndex(),
                  tell(node.core().configuration())));
    }
    throw new AssertionError("the group does not settle: " + states);
  }

  private static String tell(Configuration configuration) {
    return Stream.of(configuration.voters(), configuration.outgoing(), configuration.learners())
        .map(part -> part.stream().map(member -> member.id().low()).toList().toString())
        .collect(Collectors.joining(" "));
  }

  /** Proves itself by a command through whoever leads, applied everywhere. */
  private boolean isSettled() {
    TestNode leader = leaderNow();
    boolean isBusy = !openReads.isEmpty() || hasParked();
    if (leader == null || isBusy || leader.core().configuration().isJoint()) {
      return false;
    }
    propose(leader, 1);
    read(leader);
    quieten();
    for (TestNode node : all) { // so that everybody hears of the commit
      node.tick(1);
    }
    quieten();
    long last = leader.core().lastIndex();
    for (Member member : leader.core().configuration().members()) { // who left knows nothing
      TestNode node = Objects.requireNonNull(nodes.get(member.id()));
      if (node.applied().size() != last || node.core().lastIndex() != last) {
        return false;
      }
    }
    return openReads.isEmpty();
  }

  /** Who leads the latest term, if anybody does. */
  private @Nullable TestNode leaderNow() {
    TestNode leader = null;
    for (TestNode node : all) {
      if (node.isUp()
          && node.core().role() == Role.LEADER
          && (leader == null || leader.core().currentTerm() < node.core().currentTerm())) {
        leader = node;
      }
    }
    return leader;
  }

  private boolean hasParked() {
    return openTickets.values().stream().anyMatch(tickets -> !tickets.isEmpty());
  }

  private void quieten() {
    boolean quiet = false;
    for (int round = 0; !quiet; round++) {
      Invariant.check(round < 10_000, "messages without end");
      quiet = letters.isEmpty() && fetches.isEmpty();
      List<Fetch> fetched = List.copyOf(fetches);
      fetches.clear();
      fetched.forEach(this::install);
      List<Letter> now = List.copyOf(letters);
      letters.clear();
      for (Letter letter : now) {
        Objects.requireNonNull(nodes.get(letter.to()))
            .step(new RaftEvent.Receive(letter.from(), letter.message()));
      }
      for (TestNode node : all) {
        while (node.core().hasReady()) {
          takeReady(node);
          quiet = false;
        }
        if (node.writesInFlight() > 0) {
          node.sync(node.writesInFlight());
          quiet = false;
        }
        if (node.hasToApply()) {
          checks.checkApplied(node.applyAll());
          quiet = false;
        }
      }
    }
  }

  private void happen() {
    int dice = random.nextInt(1000);
    if (dice < 450) {
      for (int i = letters.size() / 4; i >= 0; i--) { // the more there are, the faster they come
        deliver();
      }
    } else if (dice < 460) {
      if (!oldLetters.isEmpty()) {
        arrive(oldLetters.get(random.nextInt(oldLetters.size())));
      }
    } else if (dice < 461 + trouble) {
      cutOrHeal();
    } else if (dice < 470 + trouble) {
      pauseOrResume();
    } else if (dice < 480) {
      if (!fetches.isEmpty()) {
        install(fetches.remove(random.nextInt(fetches.size())));
      }
    } else {
      TestNode node = all.get(random.nextInt(all.size()));
      if (paused == node || (node.lastIndex() == 0 && random.nextInt(8) > 0)) {
        return; // who has not joined yet is dull
      }
      if (node.isUp()) {
        happenTo(node, dice);
      } else if (random.nextInt(8) == 0) {
        restart(node);
      }
    }
  }

  private void happenTo(TestNode node, int dice) {
    if (dice < 720) {
      tick(node);
    } else if (dice < 725) {
      flush(node);
    } else if (dice < 730) {
      changeMembers();
    } else if (dice < 780) {
      propose(node, 1 + random.nextInt(3));
    } else if (dice < 830) {
      read(node);
    } else if (dice < 900) {
      if (node.writesInFlight() > 0) {
        node.sync(1 + random.nextInt(node.writesInFlight()));
      }
    } else if (dice < 990) {
      if (node.hasToApply()) {
        checks.checkApplied(node.applyAll());
      }
    } else if (dice < 990 + trouble) {
      crash(node);
      return;
    } else if (dice < 996) {
      transferOrLose(node);
    }
    if (random.nextInt(4) > 0) {
      takeReady(node);
    }
  }

  private void transferOrLose(TestNode node) {
    NodeId other = all.get(random.nextInt(all.size())).id();
    switch (random.nextInt(3)) {
      case 0 -> node.step(new RaftEvent.TransferLeadership(Optional.of(other)));
      case 1 -> node.step(new RaftEvent.TransferLeadership(Optional.empty()));
      default -> node.step(new RaftEvent.PeerLost(other));
    }
  }

  /** Some clocks run slow, and now and then one runs on. */
  private void tick(TestNode node) {
    if (random.nextInt(400) < trouble) {
      node.tick(random.nextInt(30));
    } else if (random.nextInt(4) <= Objects.requireNonNull(clockRates.get(node.id()))) {
      node.tick(1 + random.nextInt(2));
    }
  }

  private void deliver() {
    if (letters.isEmpty()) {
      return;
    }
    // Mostly in order, now and then not.
    int at = random.nextInt(4) == 0 ? random.nextInt(letters.size()) : 0;
    Letter letter = letters.get(at);
    if (random.nextInt(50) >= trouble) { // else it comes again
      letters.remove(at);
    }
    if (random.nextInt(10) == 0) {
      if (oldLetters.size() == OLD_LETTERS_MAX) {
        oldLetters.remove(random.nextInt(OLD_LETTERS_MAX));
      }
      oldLetters.add(letter);
    }
    if (random.nextInt(50) >= trouble) { // else it is lost
      arrive(letter);
    }
  }

  private void arrive(Letter letter) {
    TestNode node = Objects.requireNonNull(nodes.get(letter.to()));
    if (!node.isUp() || node == paused || cuts.contains(List.of(letter.from(), letter.to()))) {
      return;
    }
    node.step(new RaftEvent.Receive(letter.from(), letter.message()));
    if (random.nextInt(4) > 0) {
      takeReady(node);
    }
  }

  private void takeReady(TestNode node) {
    Ready ready = node.ready();
    for (Outbound outbound : ready.toSend()) {
      letters.add(new Letter(node.id(), outbound.to(), outbound.message()));
    }
    Set<Long> tickets = Objects.requireNonNull(openTickets.get(node.id()));
    ready.accepted().forEach(answer -> close(tickets, answer.ticket()));
    ready.refused().forEach(answer -> close(tickets, answer.ticket()));
    Invariant.check(
        tickets.isEmpty() || node.core().role() == Role.LEADER, // they wait for a hand-over's end
        "proposals without an answer: %s",
        tickets);
    Invariant.check(ready.diverged().isEmpty(), "states differ: %s", ready.diverged());
    for (Ready.ReadState read : ready.reads()) {
      OpenRead open = openReads.remove(read.readId());
      Invariant.check(open != null, "%s for nobody", read);
      long indexAtLeast = Objects.requireNonNull(open).indexAtLeast();
      Invariant.check(indexAtLeast <= read.index(), "%s below %d", read, indexAtLeast);
      readsAnswered++;
    }
    ready.failedReads().forEach(read -> openReads.remove(read.readId()));
    ready.snapshot().ifPresent(offer -> fetch(node, offer));
    resets += ready.persist().flatMap(Ready.Persist::start).isPresent() ? 1 : 0;
    compactions += ready.compactTo().isPresent() ? 1 : 0;
    checks.check(node, ready);
  }

  private void propose(TestNode node, int count) {
    var proposals = new ArrayList<RaftEvent.Proposal>();
    for (int i = 0; i < count; i++) {
      nextTicket++;
      proposals.add(TestNode.proposal(nextTicket, "x".repeat(random.nextInt(60)) + nextTicket));
      Objects.requireNonNull(openTickets.get(node.id())).add(nextTicket);
    }
    node.step(new Propose(proposals));
  }

  private void read(TestNode node) {
    nextTicket++;
    openReads.put(nextTicket, new OpenRead(node.id(), checks.committed()));
    node.step(new ReadIndex(nextTicket));
  }

  /** Somebody's state machine makes itself durable, up to some index it has applied. */
  private void flush(TestNode node) {
    long unflushed = node.applied().size() - node.durableApplied();
    if (unflushed > 0) {
      node.flushed(node.durableApplied() + 1 + random.nextLong(unflushed));
    }
  }

  /** A snapshot leaves the leader; the network takes its time with it. */
  private void fetch(TestNode node, Ready.SnapshotOffer offer) {
    TestNode leader = Objects.requireNonNull(nodes.get(offer.leader()));
    boolean fetching = fetches.stream().anyMatch(fetch -> fetch.to().equals(node.id()));
    if (fetching || !leader.isUp() || leader == paused) {
      return;
    }
    long least = Math.max(1, leader.durableApplied());
    if (leader.applied().size() >= least) {
      long index = least + random.nextLong(leader.applied().size() - least + 1);
      fetches.add(new Fetch(node.id(), leader.copyOfState(index)));
    }
  }

  private void install(Fetch fetch) {
    TestNode node = Objects.requireNonNull(nodes.get(fetch.to()));
    boolean timely = node.isUp() && fetch.copy().term() <= node.core().currentTerm();
    if (!timely || node == paused || !node.install(fetch.copy())) {
      return;
    }
    installs++;
    if (random.nextInt(20) < trouble) {
      crash(node); // the state machine is there, the log does not know
      return;
    }
    node.tellInstalled(fetch.copy());
  }

  /** An operator wants something, sensible or not, mostly of the leader. */
  private void changeMembers() {
    TestNode node = victim();
    if (!node.isUp() || node == paused) {
      return;
    }
    nextTicket++;
    Objects.requireNonNull(openTickets.get(node.id())).add(nextTicket);
    var changes = new ArrayList<MemberChange>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      changes.add(randomChange(node.core().configuration()));
    }
    node.step(new RaftEvent.ChangeMembers(nextTicket, 0, changes));
    takeReady(node);
  }

  private MemberChange randomChange(Configuration now) {
    Member spare = Members.member(FIRST_SPARE + random.nextInt(SPARES));
    List<Member> members = now.members();
    NodeId member = members.get(random.nextInt(members.size())).id();
    return switch (random.nextInt(5)) {
      case 0 -> new MemberChange.Remove(member);
      case 1 -> new MemberChange.Promote(member);
      case 2, 3 -> new MemberChange.Replace(member, spare);
      default -> new MemberChange.AddLearner(spare);
    };
  }

  private void crash(TestNode node) {
    node.crash(random.nextInt(node.writesInFlight() + 1));
    Objects.requireNonNull(openTickets.get(node.id())).clear();
    openReads.values().removeIf(read -> read.node().equals(node.id()));
    crashes++;
  }

  private void restart(TestNode node) {
    long unflushed = node.applied().size() - node.durableApplied();
    node.start(node.durableApplied() + random.nextLong(unflushed + 1));
    checks.restarted(node);
  }

  private void cutOrHeal() {
    if (random.nextInt(3) > 0) {
      cuts.clear();
      return;
    }
    NodeId one = victim().id();
    boolean bothWays = random.nextBoolean();
    boolean fromAll = random.nextBoolean();
    for (TestNode other : all) {
      if (fromAll || random.nextInt(3) > 0) {
        cuts.add(List.of(one, other.id()));
        if (bothWays) {
          cuts.add(List.of(other.id(), one));
        }
      }
    }
  }

  /** A process that stands still for a while, and on waking does not know that it did. */
  private void pauseOrResume() {
    if (paused == null) {
      paused = random.nextInt(3) == 0 ? victim() : null;
      return;
    }
    // The worst moment is when another leads by now.
    if (random.nextInt(leaders() > 1 ? 2 : 10) == 0) {
      TestNode woken = paused;
      paused = null;
      if (woken.isUp()) {
        read(woken);
        takeReady(woken);
      }
    }
  }

  private int leaders() {
    int leaders = 0;
    for (TestNode node : all) {
      if (node.isUp() && node.core().role() == Role.LEADER) {
        leaders++;
      }
    }
    return leaders;
  }

  /** Somebody, preferably who leads. */
  private TestNode victim() {
    for (TestNode node : all) {
      if (node.isUp() && node.core().role() == Role.LEADER && random.nextInt(4) > 0) {
        return node;
      }
    }
    return all.get(random.nextInt(all.size()));
  }

  private void trace(NodeId id, TraceEvent event) {
    switch (event) {
      case TraceEvent.Committed(var index) ->
          checks.committed(Objects.requireNonNull(nodes.get(id)), index);
      case TraceEvent.HandsOver transfer -> transfers++;
      case TraceEvent.RoleChanged(var role, var term, var leader, var reason)
          when reason.equals("its disk stands still") ->
          stalls++;
      case TraceEvent.HandedOut(var ready) when isAgreedDigestIn(ready) -> digestsAgreed++;
      default -> {}
    }
    if (hashing) {
      hash = hash * 31 + event.toString().hashCode();
    }
  }

  private static boolean isAgreedDigestIn(Ready ready) {
    return ready.toSend().stream()
        .anyMatch(outbound ->
            outbound.message() instanceof Message.Heartbeat heartbeat
                && heartbeat.agreed().isPresent());
  }

  private static void close(Set<Long> tickets, long ticket) {
    Invariant.check(tickets.remove(ticket), "an answer to no proposal: %d", ticket);
  }
}
