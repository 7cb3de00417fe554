package dev.rollcall.raft.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The members of a group and who of them decides. While a change is under way ({@code outgoing} not
 * empty) every decision needs a majority of both halves (joint consensus, Raft §6). This is the one
 * place where votes, commit, reads and quorum checks are counted, so that no two of them can
 * disagree.
 *
 * @param voters members with a vote, in order of id
 * @param outgoing voters of the configuration being left; empty outside a change
 * @param learners members that receive the log without a vote
 * @param removed ids that were members once, in order: they never vote again and never come back
 * @param replacements learners that are to take a member's place with their vote
 */
public record Configuration(
    List<Member> voters,
    List<Member> outgoing,
    List<Member> learners,
    List<NodeId> removed,
    List<Replacement> replacements) {
  /** A learner, and the member that leaves in the step that gives the learner its vote. */
  public record Replacement(NodeId learner, NodeId old) {}

  public Configuration {
    removed = removed.stream().sorted().distinct().toList();
    replacements = List.copyOf(replacements);
    voters = voters.stream().sorted().toList();
    outgoing = outgoing.stream().sorted().toList();
    learners = learners.stream().sorted().toList();
    if (voters.isEmpty()) {
      throw new IllegalArgumentException("a configuration needs at least one voter");
    }
    requireDistinct(voters);
    requireDistinct(outgoing);
    requireDistinct(learners);
  }

  /** A configuration of which nobody has left and in which nobody is being replaced. */
  public Configuration(List<Member> voters, List<Member> outgoing, List<Member> learners) {
    this(voters, outgoing, learners, List.of(), List.of());
  }

  /** A configuration at rest, without learners. */
  public static Configuration ofVoters(List<Member> voters) {
    return new Configuration(voters, List.of(), List.of());
  }

  /** Every member once, in order of id. A member in two halves has the same addresses in both. */
  public List<Member> members() {
    return Stream.of(voters, outgoing, learners).flatMap(List::stream).sorted().distinct().toList();
  }

  /** The member with this id, if there is one. */
  public Optional<Member> member(NodeId id) {
    return members().stream().filter(member -> member.id().equals(id)).findFirst();
  }

  /** Whether the node has a vote in either half. */
  public boolean isVoter(NodeId id) {
    return contains(voters, id) || contains(outgoing, id);
  }

  /** Whether this id was a member's once and never will be again. */
  public boolean isRemoved(NodeId id) {
    return removed.contains(id);
  }

  /** The member in whose place this learner will be, if there is one. */
  public Optional<NodeId> replacedBy(NodeId learner) {
    return replacements.stream()
        .filter(each -> each.learner().equals(learner))
        .map(Replacement::old)
        .findFirst();
  }

  /** Whether a change is half way: decisions need both halves, and the outgoing one will go. */
  public boolean isJoint() {
    return !outgoing.isEmpty();
  }

  /** What follows a joint configuration: whoever is only in its outgoing half is removed. */
  public Configuration withoutOutgoing() {
    var gone = new ArrayList<>(removed);
    for (Member member : outgoing) {
      if (!contains(voters, member.id()) && !contains(learners, member.id())) {
        gone.add(member.id());
      }
    }
    return new Configuration(voters, List.of(), learners, gone, replacements);
  }

  /** Whether the nodes that satisfy the predicate are a quorum (of both halves while joint). */
  public boolean isQuorum(Predicate<NodeId> says) {
    return isMajority(voters, says) && (outgoing.isEmpty() || isMajority(outgoing, says));
  }

  /**
   * Whether no quorum is possible any more once the nodes that satisfy the predicate have refused.
   */
  public boolean isBlocked(Predicate<NodeId> refuses) {
    return !isQuorum(id -> !refuses.test(id));
  }

  /** The highest number that a quorum has reached, such as the match index to commit. */
  public long quorumValue(ToLongFunction<NodeId> value) {
    long incoming = majorityValue(voters, value);
    return outgoing.isEmpty() ? incoming : Math.min(incoming, majorityValue(outgoing, value));
  }

  /** The payload of the entry that carries this configuration. */
  public Payload encode() {
    return ConfigurationCodec.encode(this);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException when the payload is something else
   */
  public static Configuration decode(Payload payload) {
    return ConfigurationCodec.decode(payload);
  }

  private static boolean isMajority(List<Member> half, Predicate<NodeId> says) {
    int count = 0;
    for (Member member : half) {
      if (says.test(member.id())) {
        count++;
      }
    }
    return count > half.size() / 2;
  }

  private static long majorityValue(List<Member> half, ToLongFunction<NodeId> value) {
    long[] values = new long[half.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.applyAsLong(half.get(i).id());
    }
    Arrays.sort(values);
    return values[(values.length - 1) / 2];
  }

  private static boolean contains(List<Member> half, NodeId id) {
    for (Member member : half) {
      if (member.id().equals(id)) {
        return true;
      }
    }
    return false;
  }

  private static void requireDistinct(List<Member> half) {
    for (int i = 1; i < half.size(); i++) {
      if (half.get(i).id().equals(half.get(i - 1).id())) {
        throw new IllegalArgumentException("member twice in a configuration: " + half.get(i).id());
      }
    }
  }
}
