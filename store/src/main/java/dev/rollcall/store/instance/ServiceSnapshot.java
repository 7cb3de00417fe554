package dev.rollcall.store.instance;

import com.google.protobuf.ByteString;
import dev.rollcall.v1.ResolveResponse;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The instances of one service and its spec at one revision, in order of instance id. Immutable;
 * any thread.
 *
 * <p>The instances lie in chunks, so that the snapshot after a change shares all but one of them
 * with the snapshot before.
 */
public final class ServiceSnapshot {
  /**
   * What the instances of one answer may come to, encoded: an answer has 1 MiB, of which the
   * service's spec may take 64 KiB, and its header and its page token take some.
   */
  public static final int ENCODED_BYTES_MAX = (1 << 20) - (66 << 10);

  private static final RegisteredInstance[][] NO_CHUNKS = {};
  private static final Encoded TOO_LARGE = new Encoded(Optional.empty());

  private final ServiceKey key;
  private final long revision;
  private final Optional<RegisteredSpec> spec;
  private final RegisteredInstance[][] chunks;

  /** Number of instances before each chunk, and after the last. */
  private final int[] starts;

  // Made by whoever asks first; a race makes equals, as with the messages of the instances.
  private @Nullable Encoded encoded;

  /** The instances as one field of an answer, unless they are too many for one. */
  private record Encoded(Optional<ByteString> instances) {}

  /** Takes the array of chunks over: nobody changes it any more. No chunk is empty. */
  ServiceSnapshot(
      ServiceKey key, long revision, Optional<RegisteredSpec> spec, RegisteredInstance[][] chunks) {
    this.key = key;
    this.revision = revision;
    this.spec = spec;
    this.chunks = chunks;
    starts = new int[chunks.length + 1];
    for (int i = 0; i < chunks.length; i++) {
      starts[i + 1] = starts[i] + chunks[i].length;
    }
  }

  /** That of a service which never had an instance. */
  public static ServiceSnapshot empty(ServiceKey key) {
    return new ServiceSnapshot(key, 0, Optional.empty(), NO_CHUNKS);
  }

  /**
   * The service, spelled as its spec has it, else as its first instance, else as what went last.
   */
  public ServiceKey key() {
    return key;
  }

  /** Revision of the last change in the service, which is in here; 0 when it never had one. */
  public long revision() {
    return revision;
  }

  /** What operators laid down for the service. */
  public Optional<RegisteredSpec> spec() {
    return spec;
  }

  /** Whether it is in lists of services: it has instances, or a spec, which outlives them. */
  boolean isListed() {
    return size() > 0 || spec.isPresent();
  }

  /** Number of instances, whatever their status. */
  public int size() {
    return starts[chunks.length];
  }

  /** The instances in order of id: a view that copies nothing. */
  public List<RegisteredInstance> instances() {
    return new Instances();
  }

  /** The instances behind this id, in order of id, whether or not it is there; all behind "". */
  public Iterator<RegisteredInstance> after(String id) {
    int chunk = chunkOf(chunks, chunks.length, id);
    if (chunk < 0) {
      return new InOrder(0, 0);
    }
    int at = positionIn(chunks[chunk], id);
    return new InOrder(chunk, at < 0 ? -at - 1 : at + 1);
  }

  /** The instances as they are served, in the same order: a view; each message is made once. */
  public List<dev.rollcall.v1.Instance> messages() {
    return new Messages();
  }

  /**
   * The instances as the field of a ResolveResponse, encoded: made once, so that an answer about a
   * service that does not change costs nothing for each instance. Absent when they come to more
   * than {@link #ENCODED_BYTES_MAX}.
   */
  public Optional<ByteString> encoded() {
    var made = encoded;
    if (made == null) {
      made = encode();
      encoded = made;
    }
    return made.instances();
  }

  private Encoded encode() {
    var answer = ResolveResponse.newBuilder();
    long bytes = 0;
    for (var message : messages()) {
      // Two bytes for tag and length of the least of them: this only spares what is far too long.
      bytes += message.getSerializedSize() + 2L;
      if (bytes > ENCODED_BYTES_MAX) {
        return TOO_LARGE;
      }
      answer.addInstances(message);
    }
    var instances = answer.build().toByteString();
    return instances.size() > ENCODED_BYTES_MAX ? TOO_LARGE : new Encoded(Optional.of(instances));
  }

  /** The instance of this id. */
  public Optional<RegisteredInstance> find(String instanceId) {
    return Optional.ofNullable(find(chunks, chunks.length, instanceId));
  }

  static @Nullable RegisteredInstance find(RegisteredInstance[][] chunks, int count, String id) {
    int chunk = chunkOf(chunks, count, id);
    if (chunk < 0) {
      return null;
    }
    int at = positionIn(chunks[chunk], id);
    return at < 0 ? null : chunks[chunk][at];
  }

  /** The last chunk that begins at or before the id; -1 when the id is before all. */
  static int chunkOf(RegisteredInstance[][] chunks, int count, String id) {
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (chunks[middle][0].id().compareTo(id) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  /** Where the id is, or -(where it would be) - 1. */
  static int positionIn(RegisteredInstance[] chunk, String id) {
    int low = 0;
    int high = chunk.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = chunk[middle].id().compareTo(id);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  RegisteredInstance[][] chunks() {
    return chunks;
  }

  @Override
  public String toString() {
    return "ServiceSnapshot[%s, revision=%d, size=%d]".formatted(key, revision, size());
  }

  private final class Instances extends AbstractList<RegisteredInstance> implements RandomAccess {
    @Override
    public RegisteredInstance get(int index) {
      if (index < 0 || index >= size()) {
        throw new IndexOutOfBoundsException(index);
      }
      int found = Arrays.binarySearch(starts, index);
      int chunk = found >= 0 ? found : -found - 2;
      return chunks[chunk][index - starts[chunk]];
    }

    @Override
    public int size() {
      return ServiceSnapshot.this.size();
    }

    @Override
    public Iterator<RegisteredInstance> iterator() {
      return new InOrder(0, 0);
    }
  }

  private final class Messages extends AbstractList<dev.rollcall.v1.Instance>
      implements RandomAccess {
    private final List<RegisteredInstance> instances = instances();

    @Override
    public dev.rollcall.v1.Instance get(int index) {
      return instances.get(index).message();
    }

    @Override
    public int size() {
      return instances.size();
    }

    @Override
    public Iterator<dev.rollcall.v1.Instance> iterator() {
      var each = instances.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return each.hasNext();
        }

        @Override
        public dev.rollcall.v1.Instance next() {
          return each.next().message();
        }
      };
    }
  }

  /** Walks chunk by chunk: without a search for each element. */
  private final class InOrder implements Iterator<RegisteredInstance> {
    private int chunk;
    private int at;

    /** Begins at a place in a chunk, or at the chunk's end, which is where the next one begins. */
    InOrder(int chunk, int at) {
      this.chunk = chunk;
      this.at = at;
      skipEnd();
    }

    @Override
    public boolean hasNext() {
      return chunk < chunks.length;
    }

    @Override
    public RegisteredInstance next() {
      if (chunk >= chunks.length) {
        throw new NoSuchElementException();
      }
      var next = chunks[chunk][at];
      at++;
      skipEnd();
      return next;
    }

    private void skipEnd() {
      if (chunk < chunks.length && at == chunks[chunk].length) {
        chunk++;
        at = 0;
      }
    }
  }
}
