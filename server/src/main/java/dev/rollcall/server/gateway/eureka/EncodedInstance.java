package dev.rollcall.server.gateway.eureka;

import dev.rollcall.server.gateway.eureka.InstanceWriter.Action;
import dev.rollcall.store.instance.RegisteredInstance;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The bytes of one instance, each form made when first asked for: what is told again in view after
 * view is encoded once. Any thread; two may make the same bytes at once, which costs a little work.
 */
final class EncodedInstance {
  private final WireEncoder encoder;
  private final RegisteredInstance instance;
  private final Action action;
  private final Map<WireFormat, byte[]> made = new ConcurrentHashMap<>(2);

  EncodedInstance(WireEncoder encoder, RegisteredInstance instance, Action action) {
    this.encoder = encoder;
    this.instance = instance;
    this.action = action;
  }

  byte[] bytes(WireFormat format) {
    byte[] bytes = made.get(format);
    if (bytes == null) {
      bytes = encoder.instance(instance, action, format);
      made.put(format, bytes);
    }
    return bytes;
  }
}
