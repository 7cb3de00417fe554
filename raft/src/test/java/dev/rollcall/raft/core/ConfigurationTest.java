package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.id;
import static dev.rollcall.raft.core.Members.member;
import static dev.rollcall.raft.core.Members.members;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.raft.core.Configuration.Replacement;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ConfigurationTest {
  @Test
  void listsEveryMemberOnceInOrderOfId() {
    var joint = new Configuration(members(3, 1, 2), members(2, 4), members(9));
    assertThat(joint.members()).isEqualTo(members(1, 2, 3, 4, 9));
    assertThat(joint.member(id(4))).contains(member(4));
    assertThat(joint.member(id(5))).isEmpty();
    assertThat(joint.isVoter(id(4))).isTrue();
    assertThat(joint.isVoter(id(9))).isFalse();
  }

  @Test
  void refusesWhatIsNoConfiguration() {
    assertThatThrownBy(() -> Configuration.ofVoters(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Configuration.ofVoters(members(1, 2, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Two quorums of one configuration always share a node: what all of Raft stands on. */
  @Test
  void quorumsOverlap() {
    for (long seed = 1; seed <= 200; seed++) {
      var random = new SplittableRandom(seed);
      Configuration configuration = randomConfiguration(random);
      var one = randomSet(random);
      var other = randomSet(random);
      if (configuration.isQuorum(one::contains) && configuration.isQuorum(other::contains)) {
        var shared = new TreeSet<>(one);
        shared.retainAll(other);
        assertThat(shared).as("seed %d", seed).isNotEmpty();
      }
    }
  }

  /** The quorum's value is the highest that a quorum has reached, by trying them all. */
  @Test
  void theQuorumsValueIsTheHighestThatAQuorumReached() {
    for (long seed = 1; seed <= 200; seed++) {
      var random = new SplittableRandom(seed);
      Configuration configuration = randomConfiguration(random);
      var values = new TreeMap<NodeId, Long>();
      for (Member member : configuration.members()) {
        values.put(member.id(), (long) random.nextInt(5));
      }
      long expected = -1;
      for (long value = 0; value < 5; value++) {
        long least = value;
        if (configuration.isQuorum(node -> values.getOrDefault(node, -1L) >= least)) {
          expected = value;
        }
      }
      assertThat(configuration.quorumValue(values::get)).as("seed %d", seed).isEqualTo(expected);
    }
  }

  @Test
  void isBlockedWhenTheRestIsNoQuorum() {
    var joint = new Configuration(members(1, 2, 3), members(4), List.of());
    assertThat(joint.isBlocked(id(1)::equals)).isFalse();
    assertThat(joint.isBlocked(id(4)::equals)).isTrue();
    assertThat(joint.isBlocked(node -> node.low() < 3)).isTrue();
  }

  @Test
  void learnersAreNoQuorum() {
    var configuration = new Configuration(members(1, 2, 3), List.of(), members(4, 5));
    assertThat(configuration.isQuorum(node -> node.low() != 1 && node.low() != 2)).isFalse();
  }

  @Test
  void survivesItsCodec() {
    for (long seed = 1; seed <= 200; seed++) {
      Configuration configuration = randomConfiguration(new SplittableRandom(seed));
      assertThat(Configuration.decode(configuration.encode()))
          .as("seed %d", seed)
          .isEqualTo(configuration);
    }
  }

  /** Logs of the first release have format 1; nothing but what it cannot say needs another. */
  @Test
  void onlyWhatFormat1CannotSayIsInFormat2() {
    var plain = new Configuration(members(1, 2), members(2, 3), members(4));
    assertThat(plain.encode().bytes()[0]).isEqualTo((byte) 1);
    var left = new Configuration(members(1), List.of(), List.of(), List.of(id(9)), List.of());
    assertThat(left.encode().bytes()[0]).isEqualTo((byte) 2);
  }

  @Test
  void whoIsInTheOutgoingHalfAloneIsRemovedWithIt() {
    var joint =
        new Configuration(
            members(1, 2, 5), members(1, 2, 3), members(4), List.of(id(9)), List.of());
    assertThat(joint.isJoint()).isTrue();
    assertThat(joint.withoutOutgoing())
        .isEqualTo(
            new Configuration(
                members(1, 2, 5), List.of(), members(4), List.of(id(3), id(9)), List.of()));
  }

  @Test
  void refusesBytesOfAnythingElse() {
    byte[] bytes = Members.voters(1, 2, 3).encode().bytes();
    for (int length = 0; length < bytes.length; length++) {
      var cut = Payload.wrap(Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> Configuration.decode(cut))
          .as("%d bytes", length)
          .isInstanceOf(IllegalArgumentException.class);
    }
    var longer = Payload.wrap(Arrays.copyOf(bytes, bytes.length + 1));
    assertThatThrownBy(() -> Configuration.decode(longer))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theLastInTheLogIsInForceAndTheOneBeforeAfterItsTruncation() {
    var history =
        new ConfigurationHistory(
            List.of(
                new ConfigurationAt(1, Members.voters(1)),
                new ConfigurationAt(5, Members.voters(1, 2))));
    var id = new EntryId(3, 9);
    history.appended(new Entry(id, EntryKind.CONFIGURATION, 0, Members.voters(1, 2, 3).encode()));
    assertThat(history.current()).isEqualTo(Members.voters(1, 2, 3));
    history.truncatedFrom(10);
    assertThat(history.current()).isEqualTo(Members.voters(1, 2, 3));
    history.truncatedFrom(9);
    assertThat(history.current()).isEqualTo(Members.voters(1, 2));
    history.truncatedFrom(2);
    assertThat(history.current()).isEqualTo(Members.voters(1));
    assertThatThrownBy(() -> history.truncatedFrom(1)).isInstanceOf(Invariant.Violation.class);
  }

  private static Configuration randomConfiguration(SplittableRandom random) {
    var voters = new ArrayList<>(randomMembers(random));
    if (voters.isEmpty()) {
      voters.add(member(1 + random.nextInt(7)));
    }
    List<Member> outgoing = random.nextBoolean() ? randomMembers(random) : List.of();
    return new Configuration(
        voters,
        outgoing,
        members(100),
        random.nextBoolean() ? List.of(id(8), id(9)) : List.of(),
        random.nextBoolean() ? List.of(new Replacement(id(100), id(1))) : List.of());
  }

  private static List<Member> randomMembers(SplittableRandom random) {
    return LongStream.rangeClosed(1, 7)
        .filter(number -> random.nextBoolean())
        .mapToObj(Members::member)
        .toList();
  }

  private static Set<NodeId> randomSet(SplittableRandom random) {
    var set = new TreeSet<NodeId>();
    for (long number = 1; number <= 7; number++) {
      if (random.nextInt(4) > 0) {
        set.add(id(number));
      }
    }
    return set;
  }
}
