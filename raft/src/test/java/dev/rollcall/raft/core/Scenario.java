package dev.rollcall.raft.core;

import dev.rollcall.raft.core.RaftEvent.Propose;
import dev.rollcall.raft.core.RaftEvent.ReadIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A group that does what the commands of a golden file say and tells what happens. Nothing moves by
 * itself: a message stays where it is until {@code deliver} or {@code stabilize}, time passes by
 * {@code tick}. The commands are explained in src/test/testdata/README.md.
 */
final class Scenario {
  private record Letter(NodeId from, NodeId to, Message message) {}

  private record Link(long from, long to) {}

  private static final int ROUNDS_MAX = 1000;

  private final TreeMap<Long, TestNode> nodes = new TreeMap<>();
  private final List<Letter> letters = new ArrayList<>();
  private final List<Letter> copies = new ArrayList<>();
  private final List<Link> cut = new ArrayList<>();
  private final List<Link> held = new ArrayList<>();
  private final TreeSet<Long> slowDisks = new TreeSet<>();
  private final TreeMap<Long, String> names = new TreeMap<>();
  private final StringBuilder told = new StringBuilder();
  private RaftConfig config = RaftConfig.DEFAULT;
  private boolean showMessages;
  private long nextName;

  /** Does one command; returns what happened, a line each. */
  String run(String line) {
    told.setLength(0);
    List<String> words = Arrays.asList(line.split("\\s+"));
    List<String> rest = words.subList(1, words.size());
    switch (words.getFirst()) {
      case "nodes" -> found(rest);
      case "config" -> configure(rest);
      case "show" -> showMessages = rest.equals(List.of("messages"));
      case "hide" -> showMessages = false;
      case "propose" -> propose(node(rest.get(0)), rest.subList(1, rest.size()));
      case "transfer" -> transfer(node(rest.get(0)), rest.subList(1, rest.size()));
      case "lost" -> peerLost(node(rest.get(0)), node(rest.get(1)));
      case "corrupt" -> node(rest.get(0)).corruptState("!" + rest.get(0));
      case "change" -> change(node(rest.get(0)), rest.subList(1, rest.size()));
      case "flush" -> flush(node(rest.get(0)), Long.parseLong(rest.get(1)));
      case "install" -> install(node(rest.get(0)), node(rest.get(2)), rest.subList(3, rest.size()));
      case "members" -> tellMembers(rest);
      case "read" -> read(node(rest.get(0)), rest.subList(1, rest.size()));
      case "tick" -> tick(rest.get(0), Integer.parseInt(rest.get(1)));
      case "pass" -> pass(rest.get(0), Integer.parseInt(rest.get(1)));
      case "campaign" -> campaign(node(rest.get(0)));
      case "elect" -> elect(node(rest.get(0)));
      case "sync" -> sync(node(rest.get(0)));
      case "deliver" -> deliver(letter -> rest.isEmpty() || isOn(letter, link(rest)));
      case "stabilize" -> stabilize();
      case "partition" -> partition(rest);
      case "cut" -> cut.add(link(rest));
      case "heal" -> cut.clear();
      case "hold" -> held.add(link(rest));
      case "release" -> held.remove(link(rest));
      case "lose" -> lose(link(rest));
      case "copy" -> letters.stream().filter(l -> isOn(l, link(rest))).forEach(copies::add);
      case "replay" -> replay();
      case "disk" -> disk(node(rest.get(0)), rest.get(1));
      case "crash" -> crash(node(rest.get(0)), rest.subList(1, rest.size()));
      case "restart" -> restart(node(rest.get(0)));
      case "status" -> status(rest);
      default -> throw new IllegalArgumentException("no such command: " + line);
    }
    return told.toString();
  }

  private void found(List<String> words) {
    int learnersFrom = words.contains("learners") ? words.indexOf("learners") : words.size();
    int joiningFrom = words.contains("joining") ? words.indexOf("joining") : words.size();
    List<String> voters = words.subList(0, Math.min(learnersFrom, joiningFrom));
    List<String> learners =
        learnersFrom < joiningFrom ? words.subList(learnersFrom + 1, joiningFrom) : List.of();
    var first = new Configuration(members(voters), List.of(), members(learners));
    for (Member member : first.members()) {
      found(member.id().low(), new MemoryDisk(first));
    }
    for (String word : words.subList(Math.min(joiningFrom + 1, words.size()), words.size())) {
      found(Long.parseLong(word), MemoryDisk.ofJoining(first));
    }
  }

  private void found(long number, MemoryDisk disk) {
    Consumer<TraceEvent> trace = event -> tell(number, Narrator.tell(event));
    NodeId id = Members.id(number);
    nodes.put(number, new TestNode(id, disk, config, new FixedWait(number), trace));
    takeReady(number);
  }

  /** {@code change 1 add 4 remove 2}: one step. */
  private void change(TestNode node, List<String> words) {
    var changes = new ArrayList<MemberChange>();
    for (int i = 0; i + 1 < words.size(); i += 2) {
      long number = Long.parseLong(words.get(i + 1));
      switch (words.get(i)) {
        case "add" -> changes.add(new MemberChange.AddLearner(Members.member(number)));
        case "remove" -> changes.add(new MemberChange.Remove(Members.id(number)));
        case "promote" -> changes.add(new MemberChange.Promote(Members.id(number)));
        case "replace" -> {
          i++; // replace 2 4
          Member replacement = Members.member(Long.parseLong(words.get(i + 1)));
          changes.add(new MemberChange.Replace(Members.id(number), replacement));
        }
        default -> throw new IllegalArgumentException("no such change: " + words);
      }
    }
    long ticket = name("\"" + String.join(" ", words) + "\"");
    node.step(new RaftEvent.ChangeMembers(ticket, 0, changes));
    takeReady(node.id().low());
  }

  private void flush(TestNode node, long index) {
    node.flushed(index);
    takeReady(node.id().low());
  }

  /** {@code install 3 from 1 [up to an index]}. */
  private void install(TestNode node, TestNode giver, List<String> upTo) {
    long index = upTo.isEmpty() ? giver.applied().size() : Long.parseLong(upTo.getFirst());
    StateCopy copy = giver.copyOfState(index);
    if (node.install(copy)) {
      node.tellInstalled(copy);
    }
    takeReady(node.id().low());
  }

  private void tellMembers(List<String> who) {
    for (TestNode node : nodes.values()) {
      if (node.isUp() && (who.isEmpty() || who.contains(Long.toString(node.id().low())))) {
        tell(node.id().low(), "members " + Narrator.tell(node.core().configuration()));
      }
    }
  }

  private static List<Member> members(List<String> numbers) {
    return Members.members(numbers.stream().mapToLong(Long::parseLong).toArray());
  }

  private void configure(List<String> words) {
    for (String word : words) {
      String[] pair = word.split("=", 2);
      config = configured(pair[0], Integer.parseInt(pair[1]));
    }
  }

  private RaftConfig configured(String setting, int value) {
    RaftConfig.Flow flow = config.flow();
    int bytes = flow.appendBytesMax();
    int appends = flow.appendsInFlightMax();
    long uncommitted = flow.uncommittedBytesMax();
    RaftConfig.Compaction kept = config.compaction();
    RaftConfig.Promotion promotion = config.promotion();
    return switch (setting) {
      case "appendsInFlightMax" -> config.with(flow(bytes, value, uncommitted));
      case "appendBytesMax" -> config.with(flow(value, appends, uncommitted));
      case "uncommittedBytesMax" -> config.with(flow(bytes, appends, value));
      case "verifyTicks" -> config.with(timing(value, config.timing().diskStallTicks()));
      case "diskStallTicks" -> config.with(timing(config.timing().verifyTicks(), value));
      case "keptEntries" ->
          config.with(new RaftConfig.Compaction(value, kept.keptBytesMax(), kept.pinnedBytesMax()));
      case "keptBytesMax" ->
          config.with(new RaftConfig.Compaction(kept.keptEntries(), value, kept.pinnedBytesMax()));
      case "pinnedBytesMax" ->
          config.with(new RaftConfig.Compaction(kept.keptEntries(), kept.keptBytesMax(), value));
      case "gapEntries" -> config.with(new RaftConfig.Promotion(value, promotion.ticks()));
      case "promotionTicks" -> config.with(new RaftConfig.Promotion(promotion.gapEntries(), value));
      default -> throw new IllegalArgumentException("no such setting: " + setting);
    };
  }

  private RaftConfig.Timing timing(int verify, int diskStall) {
    RaftConfig.Timing timing = config.timing();
    return new RaftConfig.Timing(
        timing.heartbeatTicks(),
        timing.electionTimeoutTicks(),
        timing.commitRecordTicks(),
        verify,
        diskStall);
  }

  private RaftConfig.Flow flow(int appendBytes, int appends, long uncommitted) {
    RaftConfig.Flow flow = config.flow();
    return new RaftConfig.Flow(
        appendBytes, appends, uncommitted, flow.applyBytesMax(), flow.cachedBytesMax());
  }

  private void propose(TestNode node, List<String> commands) {
    var proposals = new ArrayList<RaftEvent.Proposal>();
    for (String command : commands) {
      proposals.add(TestNode.proposal(name(command), command));
    }
    node.step(new Propose(proposals));
    takeReady(node.id().low());
  }

  private void transfer(TestNode node, List<String> to) {
    Optional<NodeId> target = to.stream().findFirst().map(number -> node(number).id());
    node.step(new RaftEvent.TransferLeadership(target));
    takeReady(node.id().low());
  }

  private void peerLost(TestNode node, TestNode peer) {
    node.step(new RaftEvent.PeerLost(peer.id()));
    takeReady(node.id().low());
  }

  private void read(TestNode node, List<String> reads) {
    for (String read : reads) {
      node.step(new ReadIndex(name(read)));
    }
    takeReady(node.id().low());
  }

  private void tick(String who, int times) {
    for (int i = 0; i < times; i++) {
      for (long number : who.equals("all") ? nodes.keySet() : List.of(Long.parseLong(who))) {
        if (node(number).isUp()) {
          node(number).tick(1);
          takeReady(number);
        }
      }
    }
  }

  /** Time passes, and with every heartbeat everything arrives. */
  private void pass(String who, int ticks) {
    for (int left = ticks; left > 0; left -= config.timing().heartbeatTicks()) {
      tick(who, Math.min(left, config.timing().heartbeatTicks()));
      stabilize();
    }
  }

  /** Lets a node's time pass until it campaigns. */
  private void campaign(TestNode node) {
    for (int i = 0; i < 2 * config.timing().electionTimeoutTicks(); i++) {
      Role before = node.core().role();
      int toldBefore = told.length();
      tick(Long.toString(node.id().low()), 1);
      if (node.core().role() != before && told.length() > toldBefore) {
        return;
      }
    }
  }

  /** An election that is not the point of the story: only its end is told. */
  private void elect(TestNode node) {
    campaign(node);
    stabilize();
    told.setLength(0);
    RaftCore core = node.core();
    tell(
        node.id().low(),
        "is %s in term %d, commit %d"
            .formatted(Narrator.tell(core.role()), core.currentTerm(), core.commitIndex()));
  }

  private void sync(TestNode node) {
    node.sync(node.writesInFlight());
    takeReady(node.id().low());
  }

  /** Delivers what is under way now, and none of what that gives rise to. */
  private void deliver(Predicate<Letter> which) {
    List<Letter> now = letters.stream().filter(l -> which.test(l) && !isHeld(l)).toList();
    letters.removeAll(now);
    for (Letter letter : now) {
      arrive(letter);
    }
  }

  private void arrive(Letter letter) {
    TestNode to = node(letter.to().low());
    boolean lost = !to.isUp() || cut.stream().anyMatch(link -> isOn(letter, link));
    if (showMessages) {
      String text =
          "%d -> %d %s%s"
              .formatted(
                  letter.from().low(),
                  letter.to().low(),
                  Narrator.tell(letter.message()),
                  lost ? " (lost)" : "");
      told.append(text).append('\n');
    }
    if (!lost) {
      to.receive(letter.from().low(), letter.message());
      takeReady(to.id().low());
    }
  }

  private void stabilize() {
    for (int round = 0; round < ROUNDS_MAX; round++) {
      boolean quiet = letters.stream().allMatch(this::isHeld);
      deliver(letter -> true);
      for (TestNode node : nodes.values()) {
        quiet &= !work(node);
      }
      if (quiet) {
        return;
      }
    }
    throw new AssertionError("does not come to rest");
  }

  private boolean work(TestNode node) {
    boolean worked = false;
    if (node.isUp() && node.writesInFlight() > 0 && !slowDisks.contains(node.id().low())) {
      node.sync(node.writesInFlight());
      takeReady(node.id().low());
      worked = true;
    }
    if (node.isUp() && node.hasToApply()) {
      for (Entry entry : node.applyAll()) {
        tell(node.id().low(), "applies " + Narrator.tell(entry));
      }
      takeReady(node.id().low());
      worked = true;
    }
    return worked;
  }

  private void takeReady(long number) {
    TestNode node = node(number);
    while (node.isUp() && node.core().hasReady()) {
      Ready ready = node.ready();
      for (Ready.Accepted answer : ready.accepted()) {
        tell(
            number,
            "takes %s as %s".formatted(names.get(answer.ticket()), Narrator.tell(answer.id())));
      }
      for (Ready.Refused answer : ready.refused()) {
        tell(number, "refuses %s: %s".formatted(names.get(answer.ticket()), answer.reason()));
      }
      for (Ready.ReadState read : ready.reads()) {
        tell(number, "may answer %s at index %d".formatted(names.get(read.readId()), read.index()));
      }
      for (Ready.FailedRead read : ready.failedReads()) {
        tell(number, "fails " + names.get(read.readId()));
      }
      ready
          .diverged()
          .ifPresent(agreed -> tell(number, "must stop: " + Narrator.tell(agreed) + " was agreed"));
      ready
          .snapshot()
          .ifPresent(offer ->
              tell(
                  number,
                  "needs a snapshot of %d that holds %s"
                      .formatted(offer.leader().low(), Narrator.tell(offer.last()))));
      ready.persist().filter(write -> showMessages).ifPresent(write -> tellWrite(number, write));
      for (Outbound outbound : ready.toSend()) {
        letters.add(new Letter(node.id(), outbound.to(), outbound.message()));
      }
    }
  }

  private void tellWrite(long number, Ready.Persist write) {
    String vote = write.hardState().votedFor().map(id -> " vote=" + id.low()).orElse("");
    tell(
        number,
        "writes term=%d%s commit=%d entries=%s"
            .formatted(
                write.hardState().currentTerm(),
                vote,
                write.commitIndex(),
                Narrator.tell(write.entries())));
  }

  /** {@code partition 1 | 2 3}: nobody hears anybody on another side. */
  private void partition(List<String> words) {
    cut.clear();
    var sides = String.join(" ", words).split("\\s*\\|\\s*", -1);
    for (String side : sides) {
      for (String other : sides) {
        if (!side.equals(other)) {
          for (String from : side.split(" ", -1)) {
            for (String to : other.split(" ", -1)) {
              cut.add(new Link(Long.parseLong(from), Long.parseLong(to)));
            }
          }
        }
      }
    }
  }

  private void lose(Link link) {
    letters.removeIf(letter -> isOn(letter, link));
  }

  private void replay() {
    List<Letter> now = List.copyOf(copies);
    copies.clear();
    now.forEach(this::arrive);
  }

  private void disk(TestNode node, String speed) {
    if (speed.equals("slow")) {
      slowDisks.add(node.id().low());
    } else {
      slowDisks.remove(node.id().low());
    }
  }

  private void crash(TestNode node, List<String> how) {
    node.crash(how.equals(List.of("losing-unsynced")) ? 0 : node.writesInFlight());
    slowDisks.remove(node.id().low());
  }

  /** The state machine is in memory too: it begins anew from what the log knows to be committed. */
  private void restart(TestNode node) {
    node.start(node.durableApplied());
    takeReady(node.id().low());
  }

  private void status(List<String> who) {
    for (TestNode node : nodes.values()) {
      if (!who.isEmpty() && !who.contains(Long.toString(node.id().low()))) {
        continue;
      }
      if (!node.isUp()) {
        tell(node.id().low(), "is down");
        continue;
      }
      RaftCore core = node.core();
      tell(
          node.id().low(),
          "%s term=%d commit=%d applied=%d log=%s"
              .formatted(
                  Narrator.tell(core.role()),
                  core.currentTerm(),
                  core.commitIndex(),
                  node.applied().size(),
                  Narrator.tell(node.log())));
    }
  }

  private void tell(long number, String text) {
    if (text.isEmpty()) {
      return;
    }
    told.append(number).append(": ").append(text).append('\n');
  }

  private long name(String name) {
    nextName++;
    names.put(nextName, name);
    return nextName;
  }

  private boolean isHeld(Letter letter) {
    return held.stream().anyMatch(link -> isOn(letter, link));
  }

  private static boolean isOn(Letter letter, Link link) {
    return letter.from().low() == link.from() && letter.to().low() == link.to();
  }

  /** {@code 1 > 2}. */
  private static Link link(List<String> words) {
    if (words.size() != 3 || !words.get(1).equals(">")) {
      throw new IllegalArgumentException("a link is written 1 > 2: " + words);
    }
    return new Link(Long.parseLong(words.get(0)), Long.parseLong(words.get(2)));
  }

  private TestNode node(String number) {
    return node(Long.parseLong(number));
  }

  private TestNode node(long number) {
    @Nullable TestNode node = nodes.get(number);
    if (node == null) {
      throw new IllegalArgumentException("no such node: " + number);
    }
    return node;
  }
}
