package dev.rollcall.server.gateway.eureka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;

/** Reads JSON as strictly as it is defined; nesting is limited by the library, at 255. */
final class JsonBody {
  private JsonBody() {}

  /**
   * Reads a document.
   *
   * @param root the one field that it must have, which is what is wanted
   */
  static JsonObject read(byte[] document, String root) throws MalformedBody {
    try {
      var reader = new JsonReader(new InputStreamReader(new ByteArrayInputStream(document), UTF_8));
      reader.setStrictness(Strictness.STRICT);
      var value = JsonParser.parseReader(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedBody("something follows the JSON");
      }
      if (!value.isJsonObject()
          || value.getAsJsonObject().get(root) == null
          || !value.getAsJsonObject().get(root).isJsonObject()) {
        throw new MalformedBody("the body must be {\"%s\": {…}}".formatted(root));
      }
      return value.getAsJsonObject().getAsJsonObject(root);
    } catch (JsonParseException | IOException e) {
      throw new MalformedBody("the body is not well-formed JSON");
    }
  }
}
