package dev.rollcall.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceInstance.Registered;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ledger notices: a check that cannot fail would prove nothing. */
final class LedgerTest {
  private final Ledger ledger = new Ledger();

  @Test
  void noticesWhatIsGone() {
    Ledger.Entry kept = acknowledged("a", 1, 0, 10);
    Ledger.Entry gone = acknowledged("b", 2, 0, 10);
    assertThat(ledger.lost(service -> List.of(kept.instance()), entry -> true))
        .containsExactly(gone);
  }

  @Test
  void noticesAnotherLifeInItsPlace() {
    Ledger.Entry entry = acknowledged("a", 1, 0, 10);
    ServiceInstance other = instance("a", 2);
    assertThat(ledger.lost(service -> List.of(other), each -> true)).containsExactly(entry);
  }

  @Test
  void asksOnlyForWhatIsDue() {
    acknowledged("a", 7, 0, 10);
    assertThat(ledger.lost(service -> List.of(), entry -> entry.revision() <= 6)).isEmpty();
  }

  @Test
  void acceptsAnyOrderOfWhatWasUnderWayTogether() {
    acknowledged("a", 2, 0, 10);
    acknowledged("b", 1, 5, 15);
    assertThatCode(ledger::requireOrder).doesNotThrowAnyException();
  }

  @Test
  void noticesARevisionThatGoesBack() {
    acknowledged("a", 2, 0, 10);
    acknowledged("c", 3, 0, 30);
    acknowledged("b", 1, 11, 20);
    assertThatExceptionOfType(ChaosFailure.class).isThrownBy(ledger::requireOrder);
  }

  @Test
  void noticesARevisionGivenTwice() {
    acknowledged("a", 2, 0, 10);
    acknowledged("b", 2, 0, 10);
    assertThatExceptionOfType(ChaosFailure.class).isThrownBy(ledger::requireOrder);
  }

  private Ledger.Entry acknowledged(String id, long revision, long sentAt, long acknowledgedAt) {
    var entry = new Ledger.Entry(instance(id, revision), sentAt, acknowledgedAt);
    ledger.add(entry);
    return entry;
  }

  private static ServiceInstance instance(String id, long revision) {
    return ServiceInstance.builder("s")
        .id(id)
        .endpoint("http", "http", "127.0.0.1", 1)
        .registered(new Registered(1, 1, revision, revision))
        .build();
  }
}
