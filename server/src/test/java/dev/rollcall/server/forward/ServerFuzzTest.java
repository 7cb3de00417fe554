package dev.rollcall.server.forward;

import static dev.rollcall.testkit.FuzzTarget.requireEqual;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.forward.v1.ForwardRequest;
import dev.rollcall.forward.v1.ForwardResponse;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.StartFailure;
import dev.rollcall.server.replication.ForwardAnswer;
import dev.rollcall.server.replication.ForwardRequest.Ask;
import dev.rollcall.store.Outcome;
import dev.rollcall.testkit.FuzzTarget;
import dev.rollcall.testkit.FuzzTargets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a server reads from others: whatever it is, it stands for something, which encodes to what
 * stands for the same again, or it is refused as is documented.
 */
public final class ServerFuzzTest implements FuzzTargets {
  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        new FuzzTarget("FORWARD_REQUEST", ServerFuzzTest::request, requests()),
        new FuzzTarget("FORWARD_ANSWER", ServerFuzzTest::answer, answers()),
        new FuzzTarget("CONFIG", ServerFuzzTest::config, configs()));
  }

  /** {@link ForwardCodec}, a request: any message stands for one or for none. */
  private static void request(byte[] input) {
    ForwardRequest message;
    try {
      message = ForwardRequest.parseFrom(input);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    ForwardCodec.fromMessage(message)
        .ifPresent(request ->
            requireEqual(
                request, ForwardCodec.fromMessage(ForwardCodec.toMessage(request)).orElseThrow()));
  }

  private static List<byte[]> requests() {
    return List.of(
        request(new Ask.Execute(Payload.wrap(new byte[] {3}))),
        request(new Ask.Renew(List.of(4L, 5L))));
  }

  private static byte[] request(Ask ask) {
    return ForwardCodec.toMessage(new dev.rollcall.server.replication.ForwardRequest(1, 2, ask))
        .toByteArray();
  }

  /** {@link ForwardCodec}, an answer: any message stands for one. */
  private static void answer(byte[] input) {
    ForwardResponse message;
    try {
      message = ForwardResponse.parseFrom(input);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    ForwardAnswer answer = ForwardCodec.fromMessage(message);
    requireEqual(answer, ForwardCodec.fromMessage(ForwardCodec.toMessage(1, answer)));
  }

  private static List<byte[]> answers() {
    return List.of(
        ForwardCodec.toMessage(1, new ForwardAnswer.Decided(new Outcome.Registered(7, 8, 9)))
            .toByteArray(),
        ForwardCodec.toMessage(1, new ForwardAnswer.Renewed(List.of(3_000L))).toByteArray(),
        ForwardCodec.toMessage(1, new ForwardAnswer.Refused(ForwardAnswer.Reason.DISK_LOW))
            .toByteArray());
  }

  /** A configuration file: settings, or one line about what is wrong. */
  private static void config(byte[] input) {
    try {
      Path file = Files.createTempFile("rollcall-fuzz-", ".yaml");
      try {
        Files.write(file, input);
        var unused = ConfigReader.read(List.of("--config=" + file), Map.of());
      } catch (StartFailure failure) {
        if (failure.line().contains("\n")) {
          throw new AssertionError("more than one line: " + failure.line(), failure);
        }
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<byte[]> configs() {
    return List.of(
        "data-dir: /tmp/x\nmembers: [a:1, b:2]\ntick: 20ms\n".getBytes(UTF_8),
        "# nothing\n".getBytes(UTF_8));
  }
}
