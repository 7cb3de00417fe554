package dev.rollcall.raft.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.raft.bootstrap.BootstrapRefused.Reason;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class IdentityFileTest {
  private static final NodeIdentity CREATED = NodeIdentity.created(new NodeId(-1, 1));
  private static final NodeIdentity BOUND =
      CREATED.boundTo(
          List.of(
              new Member(new NodeId(-1, 1), "a:1", "ca:1"),
              new Member(new NodeId(0, 2), "b:1", "cb:1")));
  private static final NodeIdentity INITIALISED = BOUND.initialised();

  @Test
  void remembersEveryStage() {
    for (NodeIdentity identity : List.of(CREATED, BOUND, INITIALISED)) {
      MemoryDisk disk = disk();
      new IdentityFile(disk).write(identity);
      disk.crash(Loss.EVERYTHING);
      assertThat(new IdentityFile(disk).read()).contains(identity);
    }
    assertThat(new IdentityFile(disk()).read()).isEmpty();
  }

  @Test
  void isReplacedAsAWholeOrNotAtAll() {
    for (Loss loss : Loss.values()) {
      for (int operations = 0; operations < 10; operations++) {
        MemoryDisk disk = disk();
        new IdentityFile(disk).write(BOUND);
        disk.endPowerAfter(operations);
        try {
          new IdentityFile(disk).write(INITIALISED);
        } catch (BootstrapRefused e) {
          assertThat(e.reason()).isEqualTo(Reason.DISK);
        }
        disk.crash(loss);
        assertThat(new IdentityFile(disk).read().orElseThrow()).isIn(BOUND, INITIALISED);
        new IdentityFile(disk).write(INITIALISED);
        assertThat(new IdentityFile(disk).read()).contains(INITIALISED);
      }
    }
  }

  /** The format is for ever: a later version reads these bytes. */
  @Test
  void isWrittenLikeThis() {
    assertThat(new String(IdentityCodec.encode(INITIALISED), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            rollcall-identity 1
            node ffffffffffffffff0000000000000001
            founder 00000000000000000000000000000002 b:1 cb:1
            founder ffffffffffffffff0000000000000001 a:1 ca:1
            cluster a57be9e370ab7e0f80f361668abe82b3 b32053312aa51ecd838422634d411ce4
            crc32c b1ceadca
            """);
  }

  @Test
  void anyChangedOrMissingByteIsDamage() {
    byte[] bytes = IdentityCodec.encode(INITIALISED);
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 0x40;
      assertThatThrownBy(() -> IdentityCodec.decode("file", changed))
          .isInstanceOf(BootstrapRefused.class);
      byte[] cut = Arrays.copyOf(bytes, i);
      assertThatThrownBy(() -> IdentityCodec.decode("file", cut))
          .isInstanceOf(BootstrapRefused.class)
          .hasMessageStartingWith("file is damaged");
    }
  }

  @Test
  void aLaterFormatIsNotTouched() {
    byte[] later = "rollcall-identity 2\nsomething else\n".getBytes(StandardCharsets.UTF_8);
    assertThat(
            catchThrowableOfType(
                BootstrapRefused.class, () -> IdentityCodec.decode("dir/identity", later)))
        .returns(Reason.IDENTITY_UNKNOWN_FORMAT, BootstrapRefused::reason)
        .hasMessage(
            "dir/identity was written by a later version of this program (format 2);"
                + " start that version, this one changes nothing");
  }

  private static MemoryDisk disk() {
    return new MemoryDisk(RandomGeneratorFactory.of("L64X128MixRandom").create(1));
  }
}
