package dev.rollcall.server.cluster;

import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.MemberChange;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.server.cluster.MembershipStep.Already;
import dev.rollcall.server.cluster.MembershipStep.HandOver;
import dev.rollcall.server.cluster.MembershipStep.Propose;
import dev.rollcall.server.cluster.MembershipStep.Refuse;
import dev.rollcall.store.Features;
import dev.rollcall.v1.ErrorReason;
import java.util.Optional;

/**
 * Turns a {@link MembershipRequest} into the next {@link MembershipStep}; a function of the members
 * as the leader knows them and of who answered at an address. A request that was carried out is
 * recognised, so that it may be repeated after an answer was lost.
 */
final class MembershipPlan {
  private final NodeId self;
  private final Configuration members;
  private final int featureLevel;

  /**
   * On the leader {@code self}, with the configuration in force there.
   *
   * @param featureLevel that the cluster has agreed on
   */
  MembershipPlan(NodeId self, Configuration members, int featureLevel) {
    this.self = self;
    this.members = members;
    this.featureLevel = featureLevel;
  }

  /**
   * The next step of a request that brings a node in.
   *
   * @param found who answered at the requested address, if anybody did
   */
  MembershipStep bringIn(MembershipRequest wanted, Optional<Introduction> found) {
    return switch (wanted) {
      case MembershipRequest.Add(String address) -> add(address, found);
      case MembershipRequest.Replace(NodeId old, String address) -> replace(old, address, found);
      default -> throw new IllegalArgumentException("brings nobody in: " + wanted);
    };
  }

  /** The next step of any other request. */
  MembershipStep move(MembershipRequest wanted) {
    return switch (wanted) {
      case MembershipRequest.Remove(NodeId member) -> remove(member);
      case MembershipRequest.Promote(NodeId member) -> promote(member);
      case MembershipRequest.Lead(var member) -> lead(member);
      default -> throw new IllegalArgumentException("somebody must be asked first: " + wanted);
    };
  }

  private MembershipStep add(String address, Optional<Introduction> found) {
    Optional<Member> there = at(address);
    if (found.isEmpty()) {
      // One that was let in and is down just now.
      return there
          .<MembershipStep>map(member -> new Already(member.id()))
          .orElse(unreachable(address));
    }
    NodeId id = found.get().nodeId();
    if (members.member(id).isPresent()) {
      return new Already(id);
    }
    if (there.isPresent()) {
      return new Refuse(
          ErrorReason.INVALID_CHANGE,
          "%s is the address of member %s: use member replace"
              .formatted(address, there.get().id()));
    }
    return unlessUnfit(address, found.get())
        .orElseGet(() -> new Propose(new MemberChange.AddLearner(member(found.get())), id));
  }

  private MembershipStep replace(NodeId old, String address, Optional<Introduction> found) {
    Optional<NodeId> id = found.map(Introduction::nodeId).or(() -> at(address).map(Member::id));
    boolean isIn = id.flatMap(members::member).isPresent();
    if (members.isRemoved(old)) {
      return isIn
          ? new Already(id.get())
          : new Refuse(ErrorReason.INVALID_CHANGE, "member %s was removed before".formatted(old));
    }
    if (members.member(old).isEmpty()) {
      return unknown(old);
    }
    if (isIn && !id.get().equals(old)) {
      return id.flatMap(members::replacedBy).filter(old::equals).isPresent()
          ? new Already(id.get())
          : new Refuse(
              ErrorReason.INVALID_CHANGE,
              "node %s at %s is a member in its own right".formatted(id.get(), address));
    }
    if (found.isEmpty() || id.get().equals(old)) {
      return unreachable(address);
    }
    if (old.equals(self) && hasHeirs(old)) {
      return new HandOver(Optional.empty());
    }
    return unlessUnfit(address, found.get())
        .orElseGet(() -> new Propose(new MemberChange.Replace(old, member(found.get())), id.get()));
  }

  private MembershipStep remove(NodeId member) {
    if (members.isRemoved(member)) {
      return new Already(member);
    }
    if (members.member(member).isEmpty()) {
      return unknown(member);
    }
    if (member.equals(self) && hasHeirs(member)) {
      return new HandOver(Optional.empty());
    }
    return new Propose(new MemberChange.Remove(member), member);
  }

  private MembershipStep promote(NodeId member) {
    if (members.member(member).isEmpty()) {
      return unknown(member);
    }
    return members.isVoter(member)
        ? new Already(member)
        : new Propose(new MemberChange.Promote(member), member);
  }

  private MembershipStep lead(Optional<NodeId> member) {
    if (member.isEmpty()) {
      return hasHeirs(self)
          ? new HandOver(member)
          : new Refuse(ErrorReason.INVALID_CHANGE, "there is no other voter to lead");
    }
    NodeId heir = member.get();
    if (heir.equals(self)) {
      return new Already(heir);
    }
    if (members.member(heir).isEmpty()) {
      return unknown(heir);
    }
    return members.isVoter(heir)
        ? new HandOver(member)
        : new Refuse(ErrorReason.INVALID_CHANGE, "a learner cannot lead: " + heir);
  }

  /** Whether somebody else could lead. */
  private boolean hasHeirs(NodeId leader) {
    return members.voters().stream().anyMatch(voter -> !voter.id().equals(leader));
  }

  private Optional<MembershipStep> unlessUnfit(String address, Introduction found) {
    if (members.isRemoved(found.nodeId())) {
      return Optional.of(
          new Refuse(
              ErrorReason.INVALID_CHANGE,
              "node %s at %s was removed: start it with an empty directory"
                  .formatted(found.nodeId(), address)));
    }
    if (!found.isWaiting()) {
      return Optional.of(
          new Refuse(
              ErrorReason.MEMBER_NOT_WAITING,
              "node %s at %s does not wait to be let in: start it empty, with --join"
                  .formatted(found.nodeId(), address)));
    }
    // A version that knows nothing of levels knows the first.
    int known = Math.max(Features.FIRST_LEVEL, found.featureLevel());
    if (known < featureLevel) {
      return Optional.of(
          new Refuse(
              ErrorReason.FEATURE_LEVEL_UNSUPPORTED,
              "node %s at %s knows feature levels up to %d, and the cluster has agreed on %d: start"
                      .formatted(found.nodeId(), address, known, featureLevel)
                  + " a newer version there"));
    }
    return Optional.empty();
  }

  private Optional<Member> at(String address) {
    return members.members().stream()
        .filter(member -> member.peerAddress().equals(address))
        .findFirst();
  }

  private static Member member(Introduction found) {
    return new Member(found.nodeId(), found.peerAddress(), found.clientAddress());
  }

  private static Refuse unreachable(String address) {
    return new Refuse(
        ErrorReason.MEMBER_UNREACHABLE,
        "nobody who waits to be let in answers at %s: start a node there with --join"
            .formatted(address));
  }

  private static Refuse unknown(NodeId member) {
    return new Refuse(ErrorReason.MEMBER_NOT_FOUND, "no member is " + member);
  }
}
