package dev.rollcall.raft.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The values that everybody speaks in. */
class VocabularyTest {
  @Test
  void aNodeIdIsThirtyTwoHexDigitsBothWays() {
    var random = new SplittableRandom(7);
    for (int i = 0; i < 100; i++) {
      var id = new NodeId(random.nextLong(), random.nextLong());
      assertThat(NodeId.parse(id.toString())).isEqualTo(id);
      assertThat(id.toString()).hasSize(32).startsWith(id.brief());
    }
    for (String text : List.of("", "0123", "0".repeat(31) + "g", "0".repeat(33))) {
      assertThatThrownBy(() -> NodeId.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void nodeIdsAreOrderedAsTheirDigitsAre() {
    var random = new SplittableRandom(8);
    for (int i = 0; i < 100; i++) {
      var one = new NodeId(random.nextLong(), random.nextLong());
      var other =
          new NodeId(random.nextBoolean() ? one.high() : random.nextLong(), random.nextLong());
      assertThat(Integer.signum(one.compareTo(other)))
          .isEqualTo(Integer.signum(one.toString().compareTo(other.toString())));
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 1, 1, 9, true", "1, 9, 2, 1, false", "2, 3, 2, 3, true", "2, 2, 2, 3, false"})
  void aLogIsAsUpToDateByTermFirstAndIndexSecond(
      long term, long index, long otherTerm, long otherIndex, boolean expected) {
    assertThat(new EntryId(term, index).isAtLeastAsUpToDateAs(new EntryId(otherTerm, otherIndex)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void entryKindsAreFoundByTheirCodes(EntryKind kind) {
    assertThat(EntryKind.ofCode(kind.code())).isEqualTo(kind);
  }

  @Test
  void theCodesOfEntryKindsNeverChange() {
    assertThat(EntryKind.NOOP.code()).isEqualTo(1);
    assertThat(EntryKind.CONFIGURATION.code()).isEqualTo(2);
    assertThat(EntryKind.COMMAND.code()).isEqualTo(3);
    assertThat(EntryKind.VERIFY.code()).isEqualTo(4);
    assertThatThrownBy(() -> EntryKind.ofCode(5)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void payloadsAreEqualByContent() {
    assertThat(Payload.wrap(new byte[] {1, 2})).isEqualTo(Payload.wrap(new byte[] {1, 2}));
    assertThat(Payload.wrap(new byte[] {1, 2})).isNotEqualTo(Payload.wrap(new byte[] {1, 3}));
    assertThat(Payload.wrap(new byte[0])).isSameAs(Payload.EMPTY);
    assertThat(Payload.wrap(new byte[] {1}).buffer().isReadOnly()).isTrue();
  }

  @Test
  void listsInValuesDoNotChangeAfterwards() {
    var entries = new ArrayList<>(List.of(Members.entry(1, 1)));
    var message = new Message.AppendEntries(1, EntryId.NONE, 0, entries);
    entries.clear();
    assertThat(message.entries()).hasSize(1);
  }

  @Test
  void aConfigRefusesContradictions() {
    assertThatThrownBy(() -> new RaftConfig.Timing(5, 24, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("electionTimeoutTicks");
    int[][] badTimings = {
      {0, 9, 1, 1, 1}, {1, 4, 1, 1, 1}, {1, 9, 0, 1, 1}, {1, 9, 1, 0, 1}, {1, 9, 1, 1, 0}
    };
    for (int[] n : badTimings) {
      assertThatThrownBy(() -> new RaftConfig.Timing(n[0], n[1], n[2], n[3], n[4]))
          .isInstanceOf(IllegalArgumentException.class);
    }
    int[][] badFlows = {
      {0, 1, 1, 1, 1}, {1, 0, 1, 1, 1}, {1, 1, 0, 1, 1}, {1, 1, 1, 0, 1}, {1, 1, 1, 1, -1}
    };
    for (int[] n : badFlows) {
      assertThatThrownBy(() -> new RaftConfig.Flow(n[0], n[1], n[2], n[3], n[4]))
          .isInstanceOf(IllegalArgumentException.class);
    }
    int[][] badCompactions = {{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    for (int[] n : badCompactions) {
      assertThatThrownBy(() -> new RaftConfig.Compaction(n[0], n[1], n[2]))
          .isInstanceOf(IllegalArgumentException.class);
    }
    int[][] badPromotions = {{-1, 1}, {0, 0}};
    for (int[] n : badPromotions) {
      assertThatThrownBy(() -> new RaftConfig.Promotion(n[0], n[1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aBrokenInvariantSaysWhatAndWithWhichNumbers() {
    Invariant.check(true, "never %d", 1);
    assertThatThrownBy(() -> Invariant.check(false, "commit %d > last %d", 5, 4))
        .isInstanceOf(Invariant.Violation.class)
        .hasMessage("commit 5 > last 4");
    assertThatThrownBy(() -> Invariant.check(false, "%s and %s", "a", Role.LEADER))
        .isInstanceOf(Invariant.Violation.class)
        .hasMessage("a and LEADER");
  }
}
