package dev.rollcall.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;

/** Ballast for a message of any type: what a later version of a client would say. */
final class Padding {
  private static final int FIELD = 1_000;

  private Padding() {}

  /** A field that comes to so many bytes, tag and length included. */
  static UnknownFieldSet of(int bytes) {
    for (int frame = 3; ; frame++) {
      var field =
          UnknownFieldSet.Field.newBuilder()
              .addLengthDelimited(ByteString.copyFrom(new byte[bytes - frame]))
              .build();
      var fields = UnknownFieldSet.newBuilder().addField(FIELD, field).build();
      if (fields.getSerializedSize() == bytes) {
        return fields;
      }
    }
  }
}
