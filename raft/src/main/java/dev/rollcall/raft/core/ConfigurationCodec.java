package dev.rollcall.raft.core;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of a {@link Configuration} in the log: a format byte, then three lists (voters, outgoing,
 * learners), each a count (2 bytes) and members (id 16 bytes, two strings in modified UTF-8 with a
 * 2-byte length, and a role byte that is 0 and kept for later kinds of member).
 */
final class ConfigurationCodec {
  private static final int FORMAT = 1;
  private static final int ROLE_PLAIN = 0;

  private ConfigurationCodec() {}

  static Payload encode(Configuration configuration) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      write(out, configuration.voters());
      write(out, configuration.outgoing());
      write(out, configuration.learners());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a byte array does not fail
    }
    return Payload.wrap(bytes.toByteArray());
  }

  static Configuration decode(Payload payload) {
    try (var in = new DataInputStream(new ByteArrayInputStream(payload.bytes()))) {
      int format = in.readUnsignedByte();
      if (format != FORMAT) {
        throw new IllegalArgumentException("unknown format of a configuration: " + format);
      }
      var configuration = new Configuration(read(in), read(in), read(in));
      if (in.read() != -1) {
        throw new IllegalArgumentException("bytes after a configuration");
      }
      return configuration;
    } catch (IOException e) {
      throw new IllegalArgumentException("configuration cut short", e);
    }
  }

  private static void write(DataOutputStream out, List<Member> members) throws IOException {
    out.writeShort(members.size());
    for (Member member : members) {
      out.writeLong(member.id().high());
      out.writeLong(member.id().low());
      out.writeUTF(member.peerAddress());
      out.writeUTF(member.clientAddress());
      out.writeByte(ROLE_PLAIN);
    }
  }

  private static List<Member> read(DataInputStream in) throws IOException {
    int count = in.readUnsignedShort();
    var members = new ArrayList<Member>(count);
    for (int i = 0; i < count; i++) {
      var id = new NodeId(in.readLong(), in.readLong());
      members.add(new Member(id, in.readUTF(), in.readUTF()));
      int role = in.readUnsignedByte();
      if (role != ROLE_PLAIN) {
        throw new IllegalArgumentException("unknown kind of member: " + role);
      }
    }
    return members;
  }
}
