package dev.rollcall.server.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.rollcall.server.api.Headers;
import dev.rollcall.store.KeyCodec;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyRules;
import dev.rollcall.v1.KeyValue;
import dev.rollcall.v1.RangeKeysRequest;
import dev.rollcall.v1.RangeKeysResponse;
import java.util.Base64;
import java.util.Optional;

/**
 * One page of keys, all of one revision. The token is the last key of the page before, encoded: it
 * stays good whatever is put and deleted between two pages.
 *
 * @param isKeysOnly whether values are left out
 */
record KeysPage(
    String foldedNamespace,
    String prefix,
    Optional<String> after,
    int keysMax,
    boolean isKeysOnly) {
  private static final int KEYS_MAX = 10_000;
  private static final int BYTES_MAX = 1 << 20;

  /** Tag and length of a key in an answer. */
  private static final int FRAME_BYTES_MAX = 4;

  /** No more keys than this fit into an answer: each has a name and four numbers. */
  private static final int KEYS_IN_AN_ANSWER_MAX = BYTES_MAX / 8;

  /**
   * What the request asks for.
   *
   * @throws InvalidRequest when it breaks a rule
   */
  static KeysPage of(RangeKeysRequest request) {
    int size = request.getPageSize();
    if (size < 0 || size > KEYS_MAX) {
      throw new InvalidRequest(
          Rule.OTHER,
          "page_size must be at most " + KEYS_MAX + ": " + Integer.toUnsignedString(size));
    }
    KeyRules.requirePrefix(request.getPrefix());
    String token = request.getPageToken();
    return new KeysPage(
        ServiceKey.foldedNamespace(request.getNamespace()),
        request.getPrefix(),
        token.isEmpty() ? Optional.empty() : Optional.of(lastKey(token, request.getPrefix())),
        size == 0 ? KEYS_IN_AN_ANSWER_MAX : size,
        request.getKeysOnly());
  }

  RangeKeysResponse from(RegistryStore store, Headers headers, long lagMillis) {
    var found = store.keys(foldedNamespace, prefix, after, keysMax);
    var answer =
        RangeKeysResponse.newBuilder()
            .setHeader(headers.at(found.revision()))
            .setLagMillis(lagMillis);
    int bytes = 0;
    for (KeyEntry entry : found.entries()) {
      KeyValue message = KeyCodec.toMessage(isKeysOnly ? entry.withoutValue() : entry);
      bytes += message.getSerializedSize() + FRAME_BYTES_MAX;
      if (bytes > BYTES_MAX) {
        return answer.setNextPageToken(tokenAfter(answer)).build();
      }
      answer.addKeys(message);
    }
    return found.hasMore() ? answer.setNextPageToken(tokenAfter(answer)).build() : answer.build();
  }

  /** A single key is never too much for an answer. */
  private static String tokenAfter(RangeKeysResponse.Builder answer) {
    byte[] last = answer.getKeys(answer.getKeysCount() - 1).getKey().getBytes(UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(last);
  }

  private static String lastKey(String token, String prefix) {
    try {
      var bytes = ByteString.copyFrom(Base64.getUrlDecoder().decode(token));
      if (bytes.isValidUtf8() && bytes.toStringUtf8().startsWith(prefix)) {
        KeyRules.requireKey(bytes.toStringUtf8());
        return bytes.toStringUtf8();
      }
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
    throw unknown();
  }

  private static InvalidRequest unknown() {
    return new InvalidRequest(
        Rule.OTHER, "page_token is not one that was given for this request; start without one");
  }
}
