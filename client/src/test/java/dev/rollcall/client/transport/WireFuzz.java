package dev.rollcall.client.transport;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceInstance.Registered;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.Member;
import dev.rollcall.v1.StatusResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a client reads from a server, for {@code bin/fuzz} and {@link WireFuzzTest}: a value, or the
 * exception that says what it cannot read.
 */
// Its fields are methods of its own, which keep nothing.
@SuppressWarnings("ImmutableEnumChecker")
public enum WireFuzz {
  /** An instance. */
  INSTANCE(WireFuzz::instance, WireFuzz::instances),
  /** The state of a node. */
  STATUS(WireFuzz::status, WireFuzz::statuses),
  /** A member. */
  MEMBER(WireFuzz::member, WireFuzz::members);

  private final Consumer<byte[]> target;
  private final Supplier<List<byte[]>> seeds;

  WireFuzz(Consumer<byte[]> target, Supplier<List<byte[]>> seeds) {
    this.target = target;
    this.seeds = seeds;
  }

  /** Jazzer's way in; the system property names the target. */
  public static void fuzzerTestOneInput(byte[] input) {
    Chosen.TARGET.run(input);
  }

  /** Writes the seeds of a target, the first argument, into a directory, the second. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[1]));
    int number = 0;
    for (byte[] seed : valueOf(arguments[0]).seeds()) {
      Files.write(directory.resolve("seed-" + number++), seed);
    }
  }

  void run(byte[] input) {
    target.accept(input);
  }

  /** Inputs that are right. */
  List<byte[]> seeds() {
    return seeds.get();
  }

  private static final class Chosen {
    static final WireFuzz TARGET =
        valueOf(Objects.requireNonNull(System.getProperty("rollcall.fuzz")));
  }

  private static void instance(byte[] input) {
    ServiceInstance instance;
    try {
      instance = WireCodec.decode(Instance.parseFrom(input));
    } catch (InvalidProtocolBufferException | RegistryException e) {
      return;
    }
    if (instance.status() != InstanceStatus.UNKNOWN && !instance.namespace().isEmpty()) {
      ServiceInstance again = WireCodec.decode(WireCodec.encode(instance, "", 0));
      requireEqual(instance.toBuilder().registered(Registered.NOT_YET).build(), again);
    }
  }

  private static List<byte[]> instances() {
    var instance =
        ServiceInstance.builder("shop")
            .namespace("default")
            .id("i-1")
            .endpoint("http", "http", "10.0.0.1", 80)
            .tag("v2")
            .metadata("env", "prod")
            .build();
    return List.of(WireCodec.encode(instance, "default", 7).toByteArray());
  }

  private static void status(byte[] input) {
    try {
      var unused = WireCodec.decode(StatusResponse.parseFrom(input));
    } catch (InvalidProtocolBufferException e) {
      return;
    }
  }

  private static List<byte[]> statuses() {
    return List.of(StatusResponse.newBuilder().setTerm(7).setVersion("1").build().toByteArray());
  }

  private static void member(byte[] input) {
    try {
      var unused = WireCodec.decode(Member.parseFrom(input));
    } catch (InvalidProtocolBufferException e) {
      return;
    }
  }

  private static List<byte[]> members() {
    return List.of(Member.newBuilder().setPeerAddress("a:1").setVoter(true).build().toByteArray());
  }

  private static void requireEqual(Object one, Object other) {
    if (!Objects.deepEquals(one, other)) {
      throw new AssertionError("%s became %s".formatted(one, other));
    }
  }
}
