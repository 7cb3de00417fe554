package dev.rollcall.store.instance;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A service while a range of entries is applied: begins as a published snapshot, ends as the next
 * one. Copies the array of chunks once, and a chunk for each change; never writes to what it shares
 * with a snapshot. Apply thread.
 */
final class ServiceEditor {
  /** A chunk that grows beyond this is cut in two. */
  static final int CHUNK_MAX = 128;

  /** Neighbours which together are no larger become one, so that chunks do not wither away. */
  static final int MERGED_MAX = 64;

  private RegisteredInstance[][] chunks;
  private int count;

  ServiceEditor(ServiceSnapshot from) {
    count = from.chunks().length;
    chunks = from.chunks().clone();
  }

  @Nullable RegisteredInstance find(String id) {
    return ServiceSnapshot.find(chunks, count, id);
  }

  /** The first in order of id. */
  @Nullable RegisteredInstance first() {
    return count == 0 ? null : chunks[0][0];
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Adds the instance, or puts it in the place of the one with its id; returns that one. */
  @Nullable RegisteredInstance put(RegisteredInstance instance) {
    if (count == 0) {
      chunks = new RegisteredInstance[][] {{instance}};
      count = 1;
      return null;
    }
    int chunk = Math.max(0, ServiceSnapshot.chunkOf(chunks, count, instance.id()));
    var old = chunks[chunk];
    int at = ServiceSnapshot.positionIn(old, instance.id());
    if (at >= 0) {
      var changed = old.clone();
      changed[at] = instance;
      chunks[chunk] = changed;
      return old[at];
    }
    int before = -at - 1;
    var longer = Arrays.copyOf(old, old.length + 1);
    System.arraycopy(old, before, longer, before + 1, old.length - before);
    longer[before] = instance;
    chunks[chunk] = longer;
    if (longer.length > CHUNK_MAX) {
      cut(chunk);
    }
    return null;
  }

  /** Removes the instance of this id; returns it. */
  @Nullable RegisteredInstance remove(String id) {
    int chunk = ServiceSnapshot.chunkOf(chunks, count, id);
    int at = chunk < 0 ? -1 : ServiceSnapshot.positionIn(chunks[chunk], id);
    if (at < 0) {
      return null;
    }
    var old = chunks[chunk];
    if (old.length == 1) {
      dropChunk(chunk);
    } else {
      var shorter = Arrays.copyOf(old, old.length - 1);
      System.arraycopy(old, at + 1, shorter, at, old.length - 1 - at);
      chunks[chunk] = shorter;
      merge(chunk);
    }
    return old[at];
  }

  /** What has become of it. The end of this editor: it gives its array away. */
  ServiceSnapshot snapshot(ServiceKey key, long revision, Optional<RegisteredSpec> spec) {
    var exact = count == chunks.length ? chunks : Arrays.copyOf(chunks, count);
    return new ServiceSnapshot(key, revision, spec, exact);
  }

  private void cut(int chunk) {
    var whole = chunks[chunk];
    // Ids often come in rising order: then the left half would stay half empty for ever.
    int left = chunk == count - 1 ? CHUNK_MAX : whole.length / 2;
    if (count == chunks.length) {
      chunks = Arrays.copyOf(chunks, count + 8 + count / 8);
    }
    System.arraycopy(chunks, chunk + 1, chunks, chunk + 2, count - chunk - 1);
    chunks[chunk] = Arrays.copyOf(whole, left);
    chunks[chunk + 1] = Arrays.copyOfRange(whole, left, whole.length);
    count++;
  }

  private void merge(int chunk) {
    if (chunk + 1 < count && chunks[chunk].length + chunks[chunk + 1].length <= MERGED_MAX) {
      join(chunk);
    } else if (chunk > 0 && chunks[chunk - 1].length + chunks[chunk].length <= MERGED_MAX) {
      join(chunk - 1);
    }
  }

  private void join(int left) {
    var joined = Arrays.copyOf(chunks[left], chunks[left].length + chunks[left + 1].length);
    System.arraycopy(chunks[left + 1], 0, joined, chunks[left].length, chunks[left + 1].length);
    chunks[left] = joined;
    dropChunk(left + 1);
  }

  private void dropChunk(int chunk) {
    System.arraycopy(chunks, chunk + 1, chunks, chunk, count - chunk - 1);
    count--;
  }
}
