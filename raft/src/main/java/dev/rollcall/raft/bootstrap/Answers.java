package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.bootstrap.BootstrapRefused.Reason;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the other listed nodes answered in one round, and what follows from it for this node, which
 * is not initialised. Decides nothing by time and changes nothing.
 */
final class Answers {
  private final Introduction self;
  private final SortedMap<String, Introduction> answers;

  /**
   * @param answers by the address that was asked
   */
  Answers(Introduction self, Map<String, Introduction> answers) {
    this.self = self;
    this.answers = new TreeMap<>(answers);
  }

  boolean areComplete() {
    return missing().isEmpty();
  }

  /**
   * Refuses what no waiting can mend.
   *
   * @throws BootstrapRefused when the two nodes can never found a cluster
   */
  void requireCompatible() {
    answers.forEach((address, other) -> {
      if (other.nodeId().equals(self.nodeId())) {
        throw copied(address + " answers with this node's own id", self.nodeId());
      }
      if (other.cluster().isPresent()) {
        requireSameCluster(address, other.cluster().get());
      } else {
        requireSameList(address, other);
        requireNotLeftOut(address, other);
      }
    });
    Set<NodeId> ids = new HashSet<>();
    for (Introduction other : answers.values()) {
      if (!ids.add(other.nodeId())) {
        throw copied("two listed members answer with the same id", other.nodeId());
      }
    }
  }

  /**
   * Whether another node is initialised with this one as a founder; then all founders were bound.
   */
  boolean isFounded() {
    return answers.values().stream().anyMatch(other -> other.cluster().isPresent());
  }

  /**
   * The founders to bind to, given that all have answered: those of one that is bound, if one is.
   */
  List<Member> founders() {
    return answers.values().stream()
        .map(Introduction::agreed)
        .filter(agreed -> !agreed.isEmpty())
        .findFirst()
        .orElseGet(this::everybody);
  }

  /** Addresses at which another node answers than the founder, or one that is bound to others. */
  List<String> contradicting(List<Member> founders) {
    Map<String, NodeId> byAddress =
        founders.stream().collect(Collectors.toMap(Member::peerAddress, Member::id));
    return answers.entrySet().stream()
        .filter(answer -> answer.getValue().cluster().isEmpty())
        .filter(answer ->
            !answer.getValue().nodeId().equals(byAddress.get(answer.getKey()))
                || isBoundToOthers(answer.getValue(), founders))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Whether every founder has said that it is bound to the same. */
  boolean areAllBoundTo(List<Member> founders) {
    return areComplete()
        && answers.values().stream().allMatch(other -> other.agreed().equals(founders));
  }

  /** One line for people. */
  String waitingFor(List<Member> founders) {
    int members = self.listed().size();
    List<String> missing = missing();
    if (missing.isEmpty()) {
      List<String> unbound =
          answers.entrySet().stream()
              .filter(answer -> answer.getValue().agreed().isEmpty())
              .map(Map.Entry::getKey)
              .toList();
      return "all %d members have answered; waiting for the agreement of %s"
          .formatted(members, String.join(", ", unbound));
    }
    String line =
        "waiting for %d of %d members: %s"
            .formatted(missing.size(), members, String.join(", ", missing));
    List<String> contradicting = founders.isEmpty() ? List.of() : contradicting(founders);
    return contradicting.isEmpty()
        ? line
        : line + "; agreed on other nodes than this one: " + String.join(", ", contradicting);
  }

  /** What is said when another node lists other members. */
  BootstrapRefused listsDiffer(String address, Introduction other) {
    return new BootstrapRefused(
        Reason.MEMBER_LIST,
        "members are listed differently: here %s, at %s %s"
            .formatted(self.listed(), address, other.listed()));
  }

  /**
   * What a bound node says when everybody has answered, nobody is initialised, and it cannot be.
   */
  BootstrapRefused broken(List<String> contradicting) {
    return new BootstrapRefused(
        Reason.FOUNDERS_DIFFER,
        ("the members have agreed on different founders (here, and at %s): a directory was emptied"
                + " or replaced meanwhile; none of them is initialised, so empty the directories of"
                + " all and start again")
            .formatted(String.join(", ", contradicting)));
  }

  private List<String> missing() {
    return self.listed().stream()
        .filter(address -> !address.equals(self.peerAddress()) && !answers.containsKey(address))
        .toList();
  }

  private List<Member> everybody() {
    return Stream.concat(Stream.of(self), answers.values().stream())
        .map(each -> new Member(each.nodeId(), each.peerAddress(), each.clientAddress()))
        .sorted()
        .toList();
  }

  private static boolean isBoundToOthers(Introduction other, List<Member> founders) {
    return !other.agreed().isEmpty() && !other.agreed().equals(founders);
  }

  private void requireSameCluster(String address, ClusterIdentity cluster) {
    if (self.agreed().isEmpty()) {
      throw new BootstrapRefused(
          Reason.PEERS_INITIALISED,
          ("this node's directory is new, but %s belongs to cluster %s already: the directory was"
               + " emptied or is the wrong one; put the right one back, or let this node take the"
               + " old one's place with `registryctl member replace`")
              .formatted(address, cluster.clusterId()));
    }
    if (!cluster.equals(ClusterIdentity.foundedBy(self.agreed()))) {
      throw new BootstrapRefused(
          Reason.FOUNDERS_DIFFER,
          "%s belongs to cluster %s, which this directory's founders did not found: %s"
              .formatted(address, cluster.clusterId(), describe(self.agreed())));
    }
  }

  private void requireSameList(String address, Introduction other) {
    if (!other.peerAddress().equals(address)) {
      throw new BootstrapRefused(
          Reason.MEMBER_LIST,
          "%s is listed here, but the node there calls itself %s: list members by their own names"
              .formatted(address, other.peerAddress()));
    }
    if (!other.listed().equals(self.listed())) {
      throw listsDiffer(address, other);
    }
  }

  /** For a new node it is safe to give up at once: it has nothing. A bound one waits for all. */
  private void requireNotLeftOut(String address, Introduction other) {
    boolean isLeftOut =
        self.agreed().isEmpty()
            && !other.agreed().isEmpty()
            && other.agreed().stream().noneMatch(member -> member.id().equals(self.nodeId()));
    if (isLeftOut) {
      throw new BootstrapRefused(
          Reason.FOUNDERS_DIFFER,
          ("%s has agreed on founders without this node, %s: this node's directory was emptied or"
                  + " replaced meanwhile; put that one back, or empty the directories of all listed"
                  + " members if none of them was ever initialised")
              .formatted(address, describe(other.agreed())));
    }
  }

  private static BootstrapRefused copied(String finding, NodeId id) {
    return new BootstrapRefused(
        Reason.COPIED_DIRECTORY, finding + " " + id + ": one directory is a copy of the other");
  }

  private static String describe(List<Member> members) {
    return members.stream()
        .map(member -> member.id().brief() + " at " + member.peerAddress())
        .collect(Collectors.joining(", "));
  }
}
