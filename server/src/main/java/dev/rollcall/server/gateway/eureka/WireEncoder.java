package dev.rollcall.server.gateway.eureka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import dev.rollcall.server.gateway.eureka.InstanceWriter.Action;
import dev.rollcall.store.instance.RegisteredInstance;
import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.List;

/** Makes the bytes of answers, of parts that are made and kept one by one. Any thread. */
final class WireEncoder {
  private final InstanceWriter writer;

  WireEncoder(InstanceWriter writer) {
    this.writer = writer;
  }

  /** One instance as a part of {@link #app}, or of {@link #alone}. */
  byte[] instance(RegisteredInstance instance, Action action, WireFormat format) {
    var wire = writer.write(instance, action);
    return encoded(format.isCompact() ? InstanceWriter.compact(wire) : wire, format);
  }

  /** One instance with all that was said of it, as a part of {@link #alone}. */
  byte[] whole(RegisteredInstance instance, WireFormat format) {
    return encoded(writer.writeAll(instance), format);
  }

  /** Instances as they are, each as a part of {@link #app}. */
  List<byte[]> instances(Collection<RegisteredInstance> instances, WireFormat format) {
    return instances.stream().map(each -> instance(each, Action.ADDED, format)).toList();
  }

  /** One instance as a whole answer. */
  static byte[] alone(byte[] instance, WireFormat format) {
    return format.isJson() ? joined("{\"instance\":", List.of(instance), "", "}") : instance;
  }

  /** An app with these instances, as a part of {@link #apps}, or of {@link #app}. */
  static byte[] part(String name, List<byte[]> instances, WireFormat format) {
    return format.isJson()
        ? joined("{\"name\":\"" + name + "\",\"instance\":[", instances, ",", "]}")
        : joined("<application><name>" + name + "</name>", instances, "", "</application>");
  }

  /** A part as a whole answer. */
  static byte[] app(byte[] part, WireFormat format) {
    return format.isJson() ? joined("{\"application\":", List.of(part), "", "}") : part;
  }

  /** Parts as a whole answer. */
  static byte[] apps(String hash, List<byte[]> parts, WireFormat format) {
    if (format.isJson()) {
      String head =
          "{\"applications\":{\"%s\":\"1\",\"%s\":\"%s\",\"application\":["
              .formatted(Wire.VERSION, Wire.HASH, hash);
      return joined(head, parts, ",", "]}}");
    }
    String head =
        "<applications><%1$s>1</%1$s><%2$s>%3$s</%2$s>".formatted(Wire.VERSION, Wire.HASH, hash);
    return joined(head, parts, "", "</applications>");
  }

  private static byte[] encoded(JsonObject shown, WireFormat format) {
    if (format.isJson()) {
      return KeptFields.text(shown).getBytes(UTF_8);
    }
    var xml = new StringBuilder();
    XmlWriter.write(xml, Wire.INSTANCE, shown);
    return xml.toString().getBytes(UTF_8);
  }

  private static byte[] joined(String head, List<byte[]> parts, String between, String tail) {
    int length = head.length() + tail.length() + between.length() * parts.size();
    for (byte[] part : parts) {
      length = Math.addExact(length, part.length);
    }
    var bytes = new ByteArrayOutputStream(length);
    bytes.writeBytes(head.getBytes(UTF_8));
    for (int i = 0; i < parts.size(); i++) {
      bytes.writeBytes((i == 0 ? "" : between).getBytes(UTF_8));
      bytes.writeBytes(parts.get(i));
    }
    bytes.writeBytes(tail.getBytes(UTF_8));
    return bytes.toByteArray();
  }
}
