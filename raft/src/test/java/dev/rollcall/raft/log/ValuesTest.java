package dev.rollcall.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The small values of the log refuse nonsense and survive their text and bytes. */
final class ValuesTest {
  @Test
  void idsAreSixteenBytesAndPrintAsHex() {
    var cluster = new ClusterId(0x0123456789abcdefL, -1);
    assertThat(ClusterId.of(cluster.bytes())).isEqualTo(cluster);
    assertThat(cluster).hasToString("0123456789abcdefffffffffffffffff");
    var history = new HistoryId(1, 2);
    assertThat(HistoryId.of(history.bytes())).isEqualTo(history);
    assertThat(history).hasToString("00000000000000010000000000000002");
    assertThatIllegalArgumentException().isThrownBy(() -> ClusterId.of(new byte[15]));
    assertThatIllegalArgumentException().isThrownBy(() -> HistoryId.of(new byte[17]));
  }

  @Test
  void limitsOfTheConfiguration() {
    assertThat(new LogConfig(1024, 1).segmentBytes()).isEqualTo(1024);
    assertThat(new LogConfig(1L << 30, 64 << 20).batchBytesMax()).isEqualTo(64 << 20);
    assertThatIllegalArgumentException().isThrownBy(() -> new LogConfig(1016, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new LogConfig((1L << 30) + 8, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new LogConfig(1028, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new LogConfig(1024, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new LogConfig(1024, (64 << 20) + 1));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new LogIdentity(new ClusterId(1, 1), new HistoryId(1, 1), Fixtures.NODE, -1));
  }

  @Test
  void namesOfSegments() {
    assertThat(Segment.name(42)).isEqualTo("0000000000000042.log");
    assertThat(
            Segment.ids(
                List.of(
                    "0000000000000010.log",
                    "0000000000000009.log",
                    "9.log",
                    "notes",
                    "rewrite.tmp")))
        .containsExactly(9L, 10L);
  }
}
