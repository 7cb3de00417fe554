package dev.rollcall.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.rollcall.server.gateway.http.HttpErrors;
import dev.rollcall.server.replication.Failure;
import dev.rollcall.server.replication.Result;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatusMapperTest {
  private static final InstanceKey KEY = new InstanceKey(new ServiceKey("", "orders"), "i-1");
  private static final Pattern ROW =
      Pattern.compile("\\| `([A-Z_]+)` \\| `([A-Z_]+)` \\| ([0-9]+) \\|.*");
  private static final Pattern CONSTANT =
      Pattern.compile(" {2}// ([A-Z_]+): (?:.*\\n)(?: {2}//.*\\n)* {2}([A-Z_]+) = [0-9]+;");

  @Test
  void theTableForPeopleIsTheTableOfTheCode() throws IOException {
    var documented = new TreeMap<String, String>();
    var overHttp = new TreeMap<String, Integer>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "errors.md"))) {
      var row = ROW.matcher(line);
      if (row.matches()) {
        documented.put(row.group(1), row.group(2));
        overHttp.put(row.group(1), Integer.valueOf(row.group(3)));
      }
    }

    assertThat(documented).isEqualTo(ofCode());
    assertThat(overHttp).isEqualTo(byReason(HttpErrors::status));
  }

  @Test
  void theCommentsOfTheInterfaceSayTheSame() throws IOException {
    var proto = Path.of("..", "proto/src/main/protobuf/rollcall/v1/instance.proto");
    var documented = new TreeMap<String, String>();
    var constant = CONSTANT.matcher(Files.readString(proto));
    while (constant.find()) {
      documented.put(constant.group(2), constant.group(1));
    }

    assertThat(documented).isEqualTo(ofCode());
  }

  @ParameterizedTest
  @EnumSource
  void everyRuleHasTheReasonOfItsName(InvalidRequest.Rule rule) {
    String name = rule == InvalidRequest.Rule.OTHER ? "INVALID_REQUEST" : rule.name();

    assertThat(info(StatusMapper.refused(new InvalidRequest(rule, "why"))).getReason())
        .isEqualTo(name);
  }

  @Test
  void everyOutcomeIsASuccessOrHasAReason() {
    List<Outcome> refusals =
        List.of(
            new Outcome.InstanceNotFound(1, KEY),
            new Outcome.LeaseNotFound(1, 2),
            new Outcome.LeaseFull(1, 2, 1_000),
            new Outcome.StaleIncarnation(1, KEY, 9),
            new Outcome.IncarnationReused(1, KEY),
            new Outcome.LeaseOfOtherNamespace(1, 2),
            new Outcome.FeatureLevelHigher(1, 2),
            new Outcome.FeatureLevelTooLow(1, 3, 2),
            new Outcome.SessionExpired(1, 2),
            new Outcome.RequestTooOld(1, 2));
    List<String> reasons =
        refusals.stream().map(outcome -> info(StatusMapper.refused(outcome)).getReason()).toList();

    assertThat(reasons)
        .containsExactly(
            "INSTANCE_NOT_FOUND",
            "LEASE_NOT_FOUND",
            "LEASE_FULL",
            "STALE_INCARNATION",
            "INVALID_REQUEST",
            "INVALID_REQUEST",
            "INVALID_CHANGE",
            "FEATURE_LEVEL_TOO_LOW",
            "SESSION_EXPIRED",
            "REQUEST_TOO_OLD");
    assertThatThrownBy(() -> StatusMapper.refused(new Outcome.Deregistered(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aStaleIncarnationNamesTheOneToExceed() {
    ErrorInfo info = info(StatusMapper.refused(new Outcome.StaleIncarnation(1, KEY, 9)));

    assertThat(info.getDomain()).isEqualTo("rollcall.dev");
    assertThat(info.getMetadataMap()).isEqualTo(Map.of("incarnation", "9"));
  }

  @ParameterizedTest
  @EnumSource
  void everyFailureHasAReason(Failure failure) {
    String name = failure == Failure.INDETERMINATE ? "OUTCOME_UNKNOWN" : failure.name();
    StatusRuntimeException status =
        StatusMapper.failed(new Result.Failed<>(failure, "in one line"));

    assertThat(info(status).getReason()).isEqualTo(name);
    assertThat(status).hasMessageContaining(name).hasMessageContaining("in one line");
  }

  @Test
  void overloadedSaysWhenToComeBack() throws InvalidProtocolBufferException {
    var status = StatusMapper.failed(new Result.Failed<>(Failure.OVERLOADED, "busy"));
    var details = Objects.requireNonNull(StatusProto.fromThrowable(status)).getDetailsList();

    assertThat(details).hasSize(2);
    assertThat(details.get(1).unpack(RetryInfo.class).getRetryDelay())
        .isEqualTo(Duration.newBuilder().setNanos(100_000_000).build());
  }

  private static Map<String, String> ofCode() {
    return byReason(reason -> StatusMapper.code(reason).name());
  }

  private static <T> Map<String, T> byReason(Function<ErrorReason, T> meaning) {
    return Arrays.stream(ErrorReason.values())
        .filter(reason ->
            reason != ErrorReason.UNRECOGNIZED && reason != ErrorReason.ERROR_REASON_UNSPECIFIED)
        .collect(Collectors.toMap(ErrorReason::name, meaning));
  }

  private static ErrorInfo info(StatusRuntimeException status) {
    try {
      return Objects.requireNonNull(StatusProto.fromThrowable(status))
          .getDetails(0)
          .unpack(ErrorInfo.class);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
