package dev.rollcall.client.transport;

import static dev.rollcall.testkit.FuzzTarget.requireEqual;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceInstance.Registered;
import dev.rollcall.testkit.FuzzTarget;
import dev.rollcall.testkit.FuzzTargets;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.Member;
import dev.rollcall.v1.StatusResponse;
import java.util.List;

/** What a client reads from a server: a value, or the exception that says what it cannot read. */
public final class WireFuzzTest implements FuzzTargets {
  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        new FuzzTarget("INSTANCE", WireFuzzTest::instance, instances()),
        new FuzzTarget("STATUS", WireFuzzTest::status, statuses()),
        new FuzzTarget("MEMBER", WireFuzzTest::member, members()));
  }

  /** An instance. */
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

  /** The state of a node. */
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

  /** A member. */
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
}
