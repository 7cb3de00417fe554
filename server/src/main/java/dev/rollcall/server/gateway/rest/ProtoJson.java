package dev.rollcall.server.gateway.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.rollcall.server.gateway.http.HttpCall;
import dev.rollcall.server.gateway.http.HttpRefusal;
import java.util.Optional;

/**
 * Messages as JSON, as Protocol Buffers define it: names in lowerCamelCase, 64-bit numbers as text,
 * bytes in base64. Every field is written but those that are absent, so that nobody needs to know
 * defaults.
 */
final class ProtoJson {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().alwaysPrintFieldsWithNoPresence().omittingInsignificantWhitespace();

  private static final JsonFormat.Parser PARSER = JsonFormat.parser();

  private ProtoJson() {}

  static String print(Message message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("only messages with an Any can fail", e);
    }
  }

  /**
   * Adds the body of a call, an object, to a message. No body adds nothing.
   *
   * @throws HttpRefusal when it is not JSON, or not of this message
   */
  static void merge(HttpCall call, Message.Builder into) {
    if (call.body().length == 0) {
      return;
    }
    try {
      PARSER.merge(new String(call.body(), UTF_8), into);
    } catch (InvalidProtocolBufferException e) {
      throw HttpRefusal.invalid("the body is not the JSON expected: " + firstLine(e));
    }
  }

  /**
   * Sets a field from a parameter, by its name in the .proto file.
   *
   * @throws HttpRefusal when the text is no value of the field
   */
  static void set(Message.Builder into, String name, String value) {
    FieldDescriptor field =
        Optional.ofNullable(into.getDescriptorForType().findFieldByName(name)).orElseThrow();
    try {
      into.setField(field, value(field, value));
    } catch (IllegalArgumentException e) {
      throw HttpRefusal.invalid("%s is %s: '%s'".formatted(name, expected(field), value));
    }
  }

  private static Object value(FieldDescriptor field, String text) {
    return switch (field.getType()) {
      case STRING -> text;
      case BOOL -> bool(text);
      case UINT32 -> Integer.parseUnsignedInt(text);
      case INT64 -> Long.parseLong(text);
      case ENUM ->
          Optional.ofNullable(field.getEnumType().findValueByName(text))
              .orElseThrow(() -> new IllegalArgumentException(text));
      default -> throw new IllegalStateException("no parameter has such a field: " + field);
    };
  }

  private static boolean bool(String text) {
    return switch (text) {
      case "", "true" -> true; // so that naming it is enough
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static String expected(FieldDescriptor field) {
    return switch (field.getType()) {
      case BOOL -> "true or false";
      case ENUM ->
          "one of "
              + field.getEnumType().getValues().stream().map(EnumValueDescriptor::getName).toList();
      default -> "a number in range";
    };
  }

  private static String firstLine(InvalidProtocolBufferException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
