package dev.rollcall.server.gateway.eureka;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What Eureka says of an instance and our model has no field for: kept in metadata under reserved
 * keys, which Eureka's clients never see as metadata.
 */
final class KeptFields {
  /** VIP address, apart from the rest so that filters can use it. */
  static final String VIP = "eureka.vip";

  /** Secure VIP address, likewise. */
  static final String SECURE_VIP = "eureka.svip";

  /** All else, as one JSON object in Eureka's shape. */
  static final String REST = "eureka.fields";

  static final Set<String> RESERVED = Set.of(VIP, SECURE_VIP, REST);

  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

  /**
   * Every reader of XML has limits, and Eureka's clients have those of their JDK: it refuses names
   * of 1,000 characters, which is what escapes can make of these, and 200 attributes.
   */
  static final int NAME_CHARACTERS_MAX = 128;

  static final int FIELDS_MAX = 100;

  private KeptFields() {}

  /**
   * Requires what can be shown in every form.
   *
   * @throws MalformedBody when names are too long or none, objects too large, or nesting too deep
   */
  static void require(JsonElement value) throws MalformedBody {
    require(value, 1);
  }

  private static void require(JsonElement value, int depth) throws MalformedBody {
    if (depth > XmlReader.DEPTH_MAX) {
      throw new MalformedBody("fields are nested deeper than " + XmlReader.DEPTH_MAX);
    }
    if (value.isJsonArray()) {
      for (var each : value.getAsJsonArray()) {
        require(each, depth);
      }
    } else if (value.isJsonObject()) {
      var fields = value.getAsJsonObject().entrySet();
      if (fields.size() > FIELDS_MAX) {
        throw new MalformedBody("an object has more than " + FIELDS_MAX + " fields");
      }
      for (var field : fields) {
        int length = field.getKey().length();
        if (length < 1 || length > NAME_CHARACTERS_MAX) {
          throw new MalformedBody(
              "the name of a field has 1 to %d characters".formatted(NAME_CHARACTERS_MAX));
        }
        require(field.getValue(), depth + 1);
      }
    }
  }

  /** The JSON of a value, without blanks. */
  static String text(JsonObject fields) {
    return GSON.toJson(fields);
  }

  /** The rest that is kept of an instance; absent when Eureka has not registered it. */
  static Optional<JsonObject> of(Map<String, String> metadata) {
    String text = metadata.get(REST);
    if (text == null) {
      return Optional.empty();
    }
    try {
      var kept = JsonParser.parseString(text);
      require(kept);
      return kept.isJsonObject() ? Optional.of(kept.getAsJsonObject()) : Optional.empty();
    } catch (JsonParseException | MalformedBody e) {
      // Whoever registers by other doors may write anything there.
      return Optional.empty();
    }
  }
}
