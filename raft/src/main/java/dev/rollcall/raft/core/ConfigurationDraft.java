package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Configuration.Replacement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The configuration that follows one at rest when it is changed; joint if its voters differ. */
final class ConfigurationDraft {
  private final Configuration before;
  private final TreeMap<NodeId, Member> voters = new TreeMap<>();
  private final TreeMap<NodeId, Member> learners = new TreeMap<>();
  private final TreeSet<NodeId> removed;
  private final List<Replacement> replacements;

  private ConfigurationDraft(Configuration before) {
    Invariant.check(!before.isJoint(), "a change on top of a change: %s", before);
    this.before = before;
    before.voters().forEach(member -> voters.put(member.id(), member));
    before.learners().forEach(member -> learners.put(member.id(), member));
    this.removed = new TreeSet<>(before.removed());
    this.replacements = new ArrayList<>(before.replacements());
  }

  /** Empty when one of the changes is invalid ({@link MemberChange}), or there are none. */
  static Optional<Configuration> change(Configuration before, List<MemberChange> changes) {
    var draft = new ConfigurationDraft(before);
    for (MemberChange change : changes) {
      if (!draft.apply(change)) {
        return Optional.empty();
      }
    }
    return changes.isEmpty() || draft.voters.isEmpty()
        ? Optional.empty()
        : Optional.of(draft.finish());
  }

  private boolean apply(MemberChange change) {
    return switch (change) {
      case MemberChange.AddLearner(var member) -> add(member);
      case MemberChange.Promote(var id) -> promote(id);
      case MemberChange.Remove(var id) -> remove(id);
      case MemberChange.Replace(var old, var replacement) -> replace(old, replacement);
    };
  }

  private boolean add(Member member) {
    if (isMember(member.id()) || removed.contains(member.id())) {
      return false;
    }
    learners.put(member.id(), member);
    return true;
  }

  private boolean promote(NodeId id) {
    Member member = learners.remove(id);
    if (member == null) {
      return false;
    }
    voters.put(id, member);
    List<NodeId> leaving =
        replacements.stream().filter(r -> r.learner().equals(id)).map(Replacement::old).toList();
    leaving.forEach(this::remove);
    return true;
  }

  private boolean remove(NodeId id) {
    if (!isMember(id)) {
      return false;
    }
    voters.remove(id);
    learners.remove(id);
    removed.add(id);
    replacements.removeIf(r -> r.learner().equals(id) || r.old().equals(id));
    return true;
  }

  private boolean replace(NodeId old, Member replacement) {
    boolean taken = replacements.stream().anyMatch(r -> r.old().equals(old));
    if (taken || !isMember(old) || !add(replacement)) {
      return false;
    }
    replacements.add(new Replacement(replacement.id(), old));
    return true;
  }

  private boolean isMember(NodeId id) {
    return voters.containsKey(id) || learners.containsKey(id);
  }

  private Configuration finish() {
    var incoming = List.copyOf(voters.values());
    boolean atRest = incoming.equals(before.voters());
    // A voter that leaves still decides in the outgoing half, and is removed with that.
    List<Member> outgoing = atRest ? List.of() : before.voters();
    outgoing.forEach(member -> removed.remove(member.id()));
    return new Configuration(
        incoming, outgoing, List.copyOf(learners.values()), List.copyOf(removed), replacements);
  }
}
