package dev.rollcall.server.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.replication.Failure;
import dev.rollcall.server.replication.Result;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;

class HttpErrorsTest {
  private static final InstanceKey KEY = new InstanceKey(new ServiceKey("", "orders"), "i-1");

  @Test
  void anErrorSaysWhyInFieldsOfItsOwn() {
    HttpAnswer answer =
        HttpErrors.answer(StatusMapper.refused(new Outcome.StaleIncarnation(1, KEY, 9)));

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text())
        .isEqualTo(
            "{\"reason\":\"STALE_INCARNATION\",\"message\":\"incarnation 9 of "
                + KEY
                + " stands in the way\",\"metadata\":{\"incarnation\":\"9\"}}\n");
  }

  @Test
  void whetherAWriteMayHaveHappenedCanBeReadFromTheStatus() {
    assertThat(HttpErrors.answer(failed(Failure.NO_QUORUM)).status()).isEqualTo(503);
    assertThat(HttpErrors.answer(failed(Failure.INDETERMINATE)).status()).isEqualTo(504);
  }

  @Test
  void whenToComeBackIsSaidInWholeSecondsRoundedUp() {
    assertThat(HttpErrors.answer(failed(Failure.OVERLOADED)).headers())
        .containsEntry("Retry-After", "1");
    assertThat(HttpErrors.answer(failed(Failure.DISK_LOW)).headers())
        .containsEntry("Retry-After", "5");
    assertThat(HttpErrors.answer(failed(Failure.NO_QUORUM)).headers())
        .doesNotContainKey("Retry-After");
  }

  @Test
  void aStatusWithoutAReasonIsNeverTakenForNotExecuted() {
    var late = Status.DEADLINE_EXCEEDED.withDescription("too late").asRuntimeException();
    var fault = Status.INTERNAL.withDescription("broken").asRuntimeException();

    assertThat(HttpErrors.answer(late).status()).isEqualTo(504);
    assertThat(HttpErrors.answer(fault).status()).isEqualTo(500);
  }

  private static StatusRuntimeException failed(Failure failure) {
    return StatusMapper.failed(new Result.Failed<>(failure, "in one line"));
  }
}
