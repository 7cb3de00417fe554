package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Configuration.Replacement;
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
 * 2-byte length, and a role byte that is 0 and kept for later kinds of member); then, since format
 * 2, the removed ids and the replacements (learner's id, old id), each list with a count of 2
 * bytes. Format 1 is written as long as both would be empty.
 */
final class ConfigurationCodec {
  private static final int FORMAT = 2;
  private static final int FORMAT_WITHOUT_REMOVED = 1;
  private static final int ROLE_PLAIN = 0;

  private ConfigurationCodec() {}

  static Payload encode(Configuration configuration) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      boolean plain = configuration.removed().isEmpty() && configuration.replacements().isEmpty();
      out.writeByte(plain ? FORMAT_WITHOUT_REMOVED : FORMAT);
      write(out, configuration.voters());
      write(out, configuration.outgoing());
      write(out, configuration.learners());
      if (plain) {
        return Payload.wrap(bytes.toByteArray());
      }
      out.writeShort(configuration.removed().size());
      for (NodeId id : configuration.removed()) {
        write(out, id);
      }
      out.writeShort(configuration.replacements().size());
      for (Replacement replacement : configuration.replacements()) {
        write(out, replacement.learner());
        write(out, replacement.old());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a byte array does not fail
    }
    return Payload.wrap(bytes.toByteArray());
  }

  static Configuration decode(Payload payload) {
    try (var in = new DataInputStream(new ByteArrayInputStream(payload.bytes()))) {
      int format = in.readUnsignedByte();
      if (format != FORMAT && format != FORMAT_WITHOUT_REMOVED) {
        throw new IllegalArgumentException("unknown format of a configuration: " + format);
      }
      var configuration =
          format == FORMAT_WITHOUT_REMOVED
              ? new Configuration(read(in), read(in), read(in))
              : new Configuration(read(in), read(in), read(in), readIds(in), readReplacements(in));
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
      write(out, member.id());
      out.writeUTF(member.peerAddress());
      out.writeUTF(member.clientAddress());
      out.writeByte(ROLE_PLAIN);
    }
  }

  private static void write(DataOutputStream out, NodeId id) throws IOException {
    out.writeLong(id.high());
    out.writeLong(id.low());
  }

  private static NodeId readId(DataInputStream in) throws IOException {
    return new NodeId(in.readLong(), in.readLong());
  }

  private static List<NodeId> readIds(DataInputStream in) throws IOException {
    int count = in.readUnsignedShort();
    var ids = new ArrayList<NodeId>(count);
    for (int i = 0; i < count; i++) {
      ids.add(readId(in));
    }
    return ids;
  }

  private static List<Replacement> readReplacements(DataInputStream in) throws IOException {
    int count = in.readUnsignedShort();
    var replacements = new ArrayList<Replacement>(count);
    for (int i = 0; i < count; i++) {
      replacements.add(new Replacement(readId(in), readId(in)));
    }
    return replacements;
  }

  private static List<Member> read(DataInputStream in) throws IOException {
    int count = in.readUnsignedShort();
    var members = new ArrayList<Member>(count);
    for (int i = 0; i < count; i++) {
      var id = readId(in);
      members.add(new Member(id, in.readUTF(), in.readUTF()));
      int role = in.readUnsignedByte();
      if (role != ROLE_PLAIN) {
        throw new IllegalArgumentException("unknown kind of member: " + role);
      }
    }
    return members;
  }
}
