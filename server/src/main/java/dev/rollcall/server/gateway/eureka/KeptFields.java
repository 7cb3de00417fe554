package dev.rollcall.server.gateway.eureka;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
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

  private KeptFields() {}

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
      return kept.isJsonObject() ? Optional.of(kept.getAsJsonObject()) : Optional.empty();
    } catch (JsonParseException e) {
      // Whoever registers by other doors may write anything there.
      return Optional.empty();
    }
  }
}
