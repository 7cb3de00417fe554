package dev.rollcall.server.discovery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * Where a page of a lookup ended, so that the next one goes on from there. Given out as text that
 * means nothing to a client. Good at every node, whatever happens to the instances meanwhile, and
 * only with the lookup it was given for: its checksum covers that too.
 *
 * @param history first half of the id of the history that the revision belongs to
 * @param serviceRevision of the service at the first page
 * @param distance of the last instance answered, see {@link Nearness}
 * @param answered instances on the pages so far
 * @param instanceId of the last instance answered
 */
record PageToken(
    long history, long serviceRevision, int distance, int answered, String instanceId) {
  /** Of the form below; another form gets another number. */
  private static final byte VERSION = 1;

  private static final int CHECK_AT = 1;
  private static final int FIELDS_AT = CHECK_AT + Integer.BYTES;
  private static final int ID_AT = FIELDS_AT + 2 * Long.BYTES + 1 + Integer.BYTES;
  private static final int CHARACTERS_MAX = 512;

  /** The same lookup one instance further on. */
  PageToken behind(int nextDistance, String nextId) {
    return new PageToken(history, serviceRevision, nextDistance, answered + 1, nextId);
  }

  /**
   * As it is given out.
   *
   * @param lookup everything that the pages of one lookup have in common
   */
  String text(String lookup) {
    byte[] id = instanceId.getBytes(ISO_8859_1);
    byte[] bytes = new byte[ID_AT + id.length];
    ByteBuffer.wrap(bytes)
        .put(VERSION)
        .putInt(0)
        .putLong(history)
        .putLong(serviceRevision)
        .put((byte) distance)
        .putInt(answered)
        .put(id);
    ByteBuffer.wrap(bytes).putInt(CHECK_AT, check(bytes, lookup));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Reads what was given out.
   *
   * @throws InvalidRequest when it was not, or with another lookup
   */
  static PageToken parse(String text, String lookup) {
    if (text.length() > CHARACTERS_MAX) {
      throw unknown();
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
    if (bytes.length < ID_AT
        || bytes[0] != VERSION
        || ByteBuffer.wrap(bytes).getInt(CHECK_AT) != check(bytes, lookup)) {
      throw unknown();
    }
    var fields = ByteBuffer.wrap(bytes, FIELDS_AT, bytes.length - FIELDS_AT);
    return new PageToken(
        fields.getLong(),
        fields.getLong(),
        fields.get(),
        fields.getInt(),
        new String(bytes, ID_AT, bytes.length - ID_AT, ISO_8859_1));
  }

  private static int check(byte[] bytes, String lookup) {
    var checksum = new CRC32C();
    checksum.update(lookup.getBytes(UTF_8));
    checksum.update(bytes, FIELDS_AT, bytes.length - FIELDS_AT);
    return (int) checksum.getValue();
  }

  private static InvalidRequest unknown() {
    return new InvalidRequest(
        Rule.OTHER, "page_token is not one that was given for this request; start without one");
  }
}
