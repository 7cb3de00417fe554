package dev.rollcall.bench;

import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.InstanceCodec;
import dev.rollcall.store.LogEntry;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.util.List;
import java.util.TreeMap;

/** Instances as of the peers' measurements: 250 bytes each, 100 in a service. */
final class Instances {
  static final int A_SERVICE = 100;

  private static final int BYTES = 250;
  private static final long TTL_MILLIS = 86_400_000;

  private Instances() {}

  /** The entry of a log that registers the instance of this number, under a lease of its own. */
  static LogEntry entry(long index) {
    var command =
        new Command.Register(List.of(instance(index)), new Command.Keeper.NewLease(TTL_MILLIS));
    return new LogEntry(index, index, CommandCodec.encode(Request.of(command)));
  }

  /** As a client sends it. */
  static dev.rollcall.v1.Instance message(long number) {
    return InstanceCodec.toMessage(instance(number));
  }

  static String service(long number) {
    return "service-" + number / A_SERVICE;
  }

  private static Instance instance(long number) {
    Instance bare = instance(number, "");
    int missing = BYTES - InstanceCodec.toMessage(bare).getSerializedSize();
    return instance(number, "m".repeat(Math.max(0, missing)));
  }

  private static Instance instance(long number, String filler) {
    var metadata = new TreeMap<String, String>();
    metadata.put("env", "prod");
    metadata.put("filler", filler);
    return new Instance(
        new InstanceKey(new ServiceKey("default", service(number)), "instance-" + number),
        1 + number,
        List.of(
            new Endpoint(
                "http",
                "http",
                "10.%d.%d.%d".formatted(number >> 16 & 255, number >> 8 & 255, number & 255),
                8080,
                false)),
        new Locality("eu-west", "eu-west-" + number % 3, ""),
        Instance.WEIGHT_DEFAULT,
        "1.4." + number % 10,
        List.of("v1", "blue"),
        metadata,
        Status.UP);
  }
}
