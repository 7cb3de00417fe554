package dev.rollcall.store.lease;

import dev.rollcall.store.Invariant;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.kv.KeyEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All leases. Apply thread.
 *
 * <p>A lease is made with its first instances and ends with the last instance or key that it
 * carries, so that it never is empty; or it is granted, and may be. Either ends by expiry and by
 * revocation.
 *
 * <p>There are a million of them: columns of arrays, by slot, and no object per lease. The key of a
 * single instance stands there itself, the one that the instance has.
 */
public final class LeaseTable implements Leases {
  private static final byte ENDS_WITH_LAST_INSTANCE = 1;
  private static final byte SUSPECT = 2;
  private static final byte HAS_KEYS = 4;

  private final SlotIndex index = new SlotIndex();
  private final Map<String, Space> spaces = new HashMap<>();
  // Few leases carry keys: by id, those that do.
  private final Map<Long, CarriedKeys> carriedKeys = new HashMap<>();

  // By slot.
  private int[] ttlMillis = new int[index.capacity()];
  private byte[] flags = new byte[index.capacity()];
  private @Nullable Space[] spaceOf = new Space[index.capacity()];
  // Nothing; an InstanceKey; or two and more in order, as InstanceKey[].
  private @Nullable Object[] carried = new Object[index.capacity()];
  private int suspects;

  @Override
  public Optional<Lease> find(long leaseId) {
    int slot = index.find(leaseId);
    return slot == SlotIndex.NONE ? Optional.empty() : Optional.of(lease(slot));
  }

  @Override
  public void forEach(Consumer<Lease> visitor) {
    for (long id : index.sortedIds()) {
      visitor.accept(lease(index.find(id)));
    }
  }

  @Override
  public void forEachTtl(TtlVisitor visitor) {
    for (long id : index.sortedIds()) {
      int slot = index.find(id);
      visitor.accept(id, ttlMillis[slot], has(slot, SUSPECT));
    }
  }

  @Override
  public int size() {
    return index.size();
  }

  @Override
  public int size(String foldedNamespace) {
    var space = spaces.get(foldedNamespace);
    return space == null ? 0 : space.guarded;
  }

  @Override
  public int suspects(String foldedNamespace) {
    var space = spaces.get(foldedNamespace);
    return space == null ? 0 : space.suspects;
  }

  @Override
  public int suspects() {
    return suspects;
  }

  @Override
  public boolean isSuspect(long leaseId) {
    int slot = index.find(leaseId);
    return slot != SlotIndex.NONE && has(slot, SUSPECT);
  }

  @Override
  public boolean hasKeys(long leaseId) {
    int slot = index.find(leaseId);
    return slot != SlotIndex.NONE && has(slot, HAS_KEYS);
  }

  @Override
  public KeyClaim keyClaim(long leaseId) {
    var keys = carriedKeys.get(leaseId);
    return keys == null ? KeyClaim.NONE : keys.claim();
  }

  /** The keys that a lease carries, in order. */
  public List<String> keys(long leaseId) {
    var keys = carriedKeys.get(leaseId);
    return keys == null ? List.of() : keys.inOrder();
  }

  /** Adds a lease, or another state of one, which carries no keys. */
  public void put(Lease lease) {
    int before = index.find(lease.id());
    if (before != SlotIndex.NONE) {
      end(before);
    }
    int slot = index.add(lease.id());
    if (slot >= ttlMillis.length) {
      grow(index.capacity());
    }
    var space = spaces.computeIfAbsent(lease.foldedNamespace(), Space::new);
    space.leases++;
    spaceOf[slot] = space;
    ttlMillis[slot] = Math.toIntExact(lease.ttlMillis());
    flags[slot] = lease.endsWithLastInstance() ? ENDS_WITH_LAST_INSTANCE : 0;
    carried[slot] = packed(lease.instances());
    count(slot, 1);
    set(slot, SUSPECT, lease.isSuspect());
  }

  /** Says of a lease that exists whether it is suspect. */
  public void setSuspect(long leaseId, boolean isSuspect) {
    set(existing(leaseId), SUSPECT, isSuspect);
  }

  /** Adds instances to a lease; of those it has already, the keys given are kept from now on. */
  public void attach(long leaseId, Collection<InstanceKey> keys) {
    int slot = existing(leaseId);
    var all = new ArrayList<>(keys);
    all.sort(null);
    int given = all.size();
    for (var key : keys(slot)) {
      if (Collections.binarySearch(all.subList(0, given), key) < 0) {
        all.add(key);
      }
    }
    all.sort(null);
    carried[slot] = packed(all);
  }

  /**
   * Takes an instance from a lease.
   *
   * @return whether the lease has ended with it
   */
  public boolean detach(long leaseId, InstanceKey key) {
    int slot = existing(leaseId);
    var left = new ArrayList<>(keys(slot));
    Invariant.check(left.remove(key), "lease %d does not carry %s", leaseId, key);
    carried[slot] = packed(left);
    return endIfSpent(leaseId);
  }

  /** Adds a key to the lease that it names. */
  public void attach(KeyEntry entry) {
    int slot = existing(entry.leaseId());
    carriedKeys.computeIfAbsent(entry.leaseId(), none -> new CarriedKeys()).add(entry);
    set(slot, HAS_KEYS, true);
  }

  /** Takes a key from the lease that it names, which goes on: {@link #endIfSpent}. */
  public void detach(KeyEntry entry) {
    int slot = existing(entry.leaseId());
    var keys = carriedKeys.get(entry.leaseId());
    if (keys == null) {
      throw new Invariant.Violation("lease %d carries no keys".formatted(entry.leaseId()));
    }
    keys.remove(entry);
    if (keys.isEmpty()) {
      carriedKeys.remove(entry.leaseId());
      set(slot, HAS_KEYS, false);
    }
  }

  /**
   * Ends a lease that has lost what it carried, if it ends with that.
   *
   * @return whether it has ended
   */
  public boolean endIfSpent(long leaseId) {
    int slot = existing(leaseId);
    boolean isSpent =
        carried[slot] == null && has(slot, ENDS_WITH_LAST_INSTANCE) && !has(slot, HAS_KEYS);
    if (isSpent) {
      end(slot);
    }
    return isSpent;
  }

  /** Ends a lease that exists. */
  public void remove(long leaseId) {
    end(existing(leaseId));
  }

  private void set(int slot, byte flag, boolean isSo) {
    if (isSo != has(slot, flag)) {
      count(slot, -1);
      flags[slot] ^= flag;
      count(slot, 1);
    }
  }

  /** A lease with keys is no concern of the guard, so its namespace does not count it. */
  private void count(int slot, int more) {
    suspects += has(slot, SUSPECT) ? more : 0;
    if (!has(slot, HAS_KEYS)) {
      space(slot).guarded += more;
      space(slot).suspects += has(slot, SUSPECT) ? more : 0;
    }
  }

  private boolean has(int slot, byte flag) {
    return (flags[slot] & flag) != 0;
  }

  private void end(int slot) {
    count(slot, -1);
    carriedKeys.remove(index.id(slot));
    var space = space(slot);
    space.leases--;
    if (space.leases == 0) {
      spaces.remove(space.foldedNamespace);
    }
    spaceOf[slot] = null;
    carried[slot] = null;
    index.remove(slot);
  }

  private int existing(long leaseId) {
    int slot = index.find(leaseId);
    if (slot == SlotIndex.NONE) {
      throw new Invariant.Violation("no lease " + leaseId);
    }
    return slot;
  }

  private Lease lease(int slot) {
    return new Lease(
        index.id(slot),
        ttlMillis[slot],
        space(slot).foldedNamespace,
        has(slot, ENDS_WITH_LAST_INSTANCE),
        has(slot, SUSPECT),
        keys(slot));
  }

  private Space space(int slot) {
    var space = spaceOf[slot];
    if (space == null) {
      throw new Invariant.Violation("slot %d has no lease".formatted(slot));
    }
    return space;
  }

  private List<InstanceKey> keys(int slot) {
    return switch (carried[slot]) {
      case null -> List.of();
      case InstanceKey single -> List.of(single);
      case InstanceKey[] several -> List.of(several);
      default -> throw new Invariant.Violation("slot %d carries no instances".formatted(slot));
    };
  }

  private static @Nullable Object packed(List<InstanceKey> keys) {
    return switch (keys.size()) {
      case 0 -> null;
      case 1 -> keys.getFirst();
      default -> keys.toArray(new InstanceKey[0]);
    };
  }

  private void grow(int capacity) {
    ttlMillis = Arrays.copyOf(ttlMillis, capacity);
    flags = Arrays.copyOf(flags, capacity);
    spaceOf = Arrays.copyOf(spaceOf, capacity);
    carried = Arrays.copyOf(carried, capacity);
  }

  /** A namespace that has leases. */
  private static final class Space {
    private final String foldedNamespace;
    private int leases;
    // Of those without keys.
    private int guarded;
    private int suspects;

    private Space(String foldedNamespace) {
      this.foldedNamespace = foldedNamespace;
    }
  }
}
