package dev.rollcall.cli;

import com.google.gson.JsonObject;
import dev.rollcall.client.keys.KeyEntry;
import dev.rollcall.client.keys.Value;
import java.util.Base64;

/** The JSON of keys. Field names stay; new ones may come. docs/cli.md lists them. */
final class KeyJson {
  private KeyJson() {}

  /** A value that is text is text; any other is base 64 under another name. */
  static JsonObject entry(KeyEntry entry) {
    var json = new JsonObject();
    json.addProperty("key", entry.key());
    String text = entry.value().text();
    if (Value.of(text).equals(entry.value())) {
      json.addProperty("value", text);
    } else {
      json.addProperty("valueBase64", Base64.getEncoder().encodeToString(entry.value().bytes()));
    }
    json.addProperty("createRevision", entry.createRevision());
    json.addProperty("modRevision", entry.modRevision());
    json.addProperty("version", entry.version());
    json.addProperty("leaseId", entry.leaseId());
    return json;
  }
}
