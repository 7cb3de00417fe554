package dev.rollcall.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.RaftEvent.Receive;
import dev.rollcall.raft.driver.RaftNodeConfig.Limits;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InboxTest {
  private static final NodeId PEER = new NodeId(0, 2);

  @Test
  void dropsMessagesOverItsCountUntilTheyAreTaken() {
    Inbox<String> inbox = new Inbox<>(new Limits(1, 1, 1, 2, 1_000), 0);
    assertThat(inbox.offerMessage(heartbeat(1))).isTrue();
    assertThat(inbox.offerMessage(heartbeat(2))).isTrue();
    assertThat(inbox.offerMessage(heartbeat(3))).isFalse();
    assertThat(inbox.takeMessages()).containsExactly(heartbeat(1), heartbeat(2));
    assertThat(inbox.offerMessage(heartbeat(4))).isTrue();
  }

  @Test
  void dropsMessagesOverItsBytesButNoSmallOnes() {
    Inbox<String> inbox = new Inbox<>(new Limits(1, 1, 1, 100, 1_000), 0);
    assertThat(inbox.offerMessage(append(900))).isTrue();
    assertThat(inbox.offerMessage(append(900))).isFalse();
    assertThat(inbox.offerMessage(heartbeat(1))).isTrue();
    inbox.takeMessages();
    assertThat(inbox.offerMessage(append(900))).isTrue();
  }

  @Test
  void aMessageLargerThanTheBoundComesInWhereNoOtherBytesAre() {
    Inbox<String> inbox = new Inbox<>(new Limits(1, 1, 1, 100, 1_000), 0);
    inbox.offerMessage(heartbeat(1));
    assertThat(inbox.offerMessage(append(5_000))).isTrue();
    assertThat(inbox.offerMessage(append(100))).isFalse();
    inbox.takeMessages();
    inbox.offerMessage(append(100));
    assertThat(inbox.offerMessage(append(5_000))).isFalse();
  }

  @Test
  void ringsForEverythingThatComesIn() {
    Inbox<String> inbox = new Inbox<>(Limits.DEFAULT, 0);
    AtomicInteger rings = new AtomicInteger();
    inbox.bell().answeredBy(rings::incrementAndGet);
    Heard heard = new Heard();
    inbox.offerMessage(heartbeat(1));
    inbox.offerProposal(Inbox.ANY_TERM, Journal.command("a"), heard.proposal("a"));
    inbox.offerRead(heard.read("r"));
    inbox.marks().persistedUpTo(1);
    inbox.marks().appliedUpTo(1);
    assertThat(rings).hasValue(5);
  }

  private static Receive heartbeat(long round) {
    return new Receive(PEER, new Message.Heartbeat(1, 0, round, Optional.empty()));
  }

  private static Receive append(int bytes) {
    String payload = "x".repeat(bytes - Entry.OVERHEAD_BYTES);
    Entry entry = new Entry(new EntryId(1, 1), EntryKind.COMMAND, 0, Journal.command(payload));
    return new Receive(PEER, new Message.AppendEntries(1, EntryId.NONE, 0, List.of(entry)));
  }
}
