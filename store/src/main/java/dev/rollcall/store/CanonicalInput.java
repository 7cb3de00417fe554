package dev.rollcall.store;

import java.nio.charset.StandardCharsets;

/**
 * Reads encoded messages in the one form in which {@link ProtoBytes} writes them, from their bytes
 * and with nothing in between. All that is another form of the same message is refused, although
 * the generated parsers read it. One thread.
 */
final class CanonicalInput {
  private final byte[] bytes;
  private final Interner interner;
  private int at;
  private int end;

  /** Of all bytes; texts come from the interner. */
  CanonicalInput(byte[] bytes, Interner interner) {
    this.bytes = bytes;
    this.interner = interner;
    end = bytes.length;
  }

  /** What is read is in another form than we write: a text beyond ASCII, or not our encoding. */
  static final class OtherForm extends Exception {
    private static final long serialVersionUID = 1L;

    private OtherForm() {
      super("not in canonical form", null, false, false);
    }
  }

  /** Refuses what is read unless this is so. */
  static void require(boolean isCanonical) throws OtherForm {
    if (!isCanonical) {
      throw new OtherForm();
    }
  }

  /** Where it stands in the bytes. */
  int position() {
    return at;
  }

  /** Whether the message at work is at its end. */
  boolean atEnd() {
    return at == end;
  }

  /** Steps over the key of a field, of one byte, if it is next. */
  boolean skips(int key) {
    if (at < end && bytes[at] == (byte) key) {
      at++;
      return true;
    }
    return false;
  }

  /** Steps into the message that is next, behind its key; returns what to {@link #leave} with. */
  int enter() throws OtherForm {
    int length = length();
    int outer = end;
    end = at + length;
    return outer;
  }

  /** Steps out of a message, at its end. */
  void leave(int outer) throws OtherForm {
    require(at == end);
    end = outer;
  }

  /** A number, in as few bytes as it takes. */
  long varint() throws OtherForm {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      require(at < end);
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        // No byte that says nothing, and no bits that do not fit.
        require((next != 0 || shift == 0) && (shift < 63 || next == 1));
        return value;
      }
    }
    throw new OtherForm();
  }

  /** A number of a field that is left out when it is 0. */
  long positiveVarint() throws OtherForm {
    long value = varint();
    require(value > 0);
    return value;
  }

  /** A number of a field of 32 bits. */
  int smallVarint() throws OtherForm {
    long value = varint();
    require(value >= 0 && value <= Integer.MAX_VALUE);
    return (int) value;
  }

  /** A text of a field that is left out when it is empty. */
  String text() throws OtherForm {
    String text = anyText();
    require(!text.isEmpty());
    return text;
  }

  /** A text. */
  String anyText() throws OtherForm {
    int length = length();
    int from = at;
    at += length;
    String known = interner.known(bytes, from, length);
    if (known != null) {
      return known;
    }
    int all = 0;
    for (int i = from; i < at; i++) {
      all |= bytes[i];
    }
    require(all >= 0);
    return interner.text(new String(bytes, from, length, StandardCharsets.ISO_8859_1));
  }

  private int length() throws OtherForm {
    long length = varint();
    require(length >= 0 && length <= end - at);
    return (int) length;
  }
}
