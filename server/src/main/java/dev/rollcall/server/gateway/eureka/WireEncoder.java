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

  /** An instance, and what became of it. */
  record Shown(RegisteredInstance instance, Action action) {}

  /** One instance as a whole answer. */
  byte[] instance(RegisteredInstance instance, WireFormat format) {
    var shown = shown(new Shown(instance, Action.ADDED), format);
    var text = new StringBuilder();
    if (format.isJson()) {
      text.append("{\"instance\":").append(KeptFields.text(shown)).append('}');
    } else {
      XmlWriter.write(text, Wire.INSTANCE, shown);
    }
    return bytes(text);
  }

  /** An app with these instances, as a part of {@link #app} or {@link #apps}. */
  byte[] part(String name, Collection<Shown> instances, WireFormat format) {
    var text = new StringBuilder();
    if (format.isJson()) {
      text.append("{\"name\":\"").append(name).append("\",\"instance\":[");
      String comma = "";
      for (var each : instances) {
        text.append(comma).append(KeptFields.text(shown(each, format)));
        comma = ",";
      }
      text.append("]}");
    } else {
      text.append("<application><name>").append(name).append("</name>");
      instances.forEach(each -> XmlWriter.write(text, Wire.INSTANCE, shown(each, format)));
      text.append("</application>");
    }
    return bytes(text);
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

  private JsonObject shown(Shown each, WireFormat format) {
    var wire = writer.write(each.instance(), each.action());
    return format.isCompact() ? InstanceWriter.compact(wire) : wire;
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

  private static byte[] bytes(StringBuilder text) {
    return text.toString().getBytes(UTF_8);
  }
}
