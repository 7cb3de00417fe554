package dev.rollcall.store;

import dev.rollcall.store.kv.KeyDraft;
import dev.rollcall.store.kv.KeyEdit;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyOperation;
import dev.rollcall.store.kv.KeyTable;
import dev.rollcall.store.lease.KeyClaim;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.lease.LeaseTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges and has carried out what is done with keys: as a whole, at one revision, or not at all.
 * Each command is drafted first. Apply thread.
 */
final class KeyApplier {
  private final Counters counters;
  private final KeyTable keys;
  private final LeaseTable leases;
  private final RevisionWriter writer;

  KeyApplier(Counters counters, KeyTable keys, LeaseTable leases, RevisionWriter writer) {
    this.counters = counters;
    this.keys = keys;
    this.leases = leases;
    this.writer = writer;
  }

  Outcome apply(Command.PutKey command) {
    var before = keys.live(command.foldedNamespace(), command.key());
    if (isUnexpected(command.expectedRevision(), before)) {
      return new Outcome.RevisionMismatch(counters.revision, modRevision(before));
    }
    var refused = refusal(command.foldedNamespace(), command.leaseId());
    if (refused.isPresent()) {
      return refused.get();
    }
    var draft = draft(command.foldedNamespace());
    var entry = draft.put(command.key(), command.value(), command.leaseId());
    return refusal(draft)
        .orElseGet(() -> {
          carryOut(draft);
          return new Outcome.KeyPut(
              entry.modRevision(),
              entry.withoutValue(),
              Optional.ofNullable(before).map(KeyEntry::withoutValue));
        });
  }

  Outcome apply(Command.DeleteKeys command) {
    var before = keys.live(command.foldedNamespace(), command.key());
    if (isUnexpected(command.expectedRevision(), before)) {
      return new Outcome.RevisionMismatch(counters.revision, modRevision(before));
    }
    var draft = draft(command.foldedNamespace());
    int deleted = draft.delete(command.key(), command.isPrefix());
    return refusal(draft).orElseGet(() -> new Outcome.KeysDeleted(carryOut(draft), deleted));
  }

  Outcome apply(Command.Transact command) {
    var draft = draft(command.foldedNamespace());
    boolean isSuccess = draft.hold(command.compares());
    var operations = isSuccess ? command.success() : command.failure();
    for (var operation : operations) {
      if (operation instanceof KeyOperation.Put put) {
        var refused = refusal(command.foldedNamespace(), put.leaseId());
        if (refused.isPresent()) {
          return refused.get();
        }
      }
    }
    var results = draft.run(operations);
    return refusal(draft)
        .orElseGet(() -> new Outcome.Transacted(carryOut(draft), isSuccess, results));
  }

  private KeyDraft draft(String foldedNamespace) {
    return keys.draft(foldedNamespace, counters.revision + 1);
  }

  /** The revision of it, or of the last change when it changes nothing. */
  private long carryOut(KeyDraft draft) {
    if (draft.edits().isEmpty()) {
      return counters.revision;
    }
    writer.edit(draft.edits());
    return writer.commit();
  }

  /** What stands in the way of putting a key under this lease; 0 is none. */
  private Optional<Outcome> refusal(String foldedNamespace, long leaseId) {
    if (leaseId == 0) {
      return Optional.empty();
    }
    var lease = leases.find(leaseId);
    if (lease.isEmpty()) {
      return Optional.of(new Outcome.LeaseNotFound(counters.revision, leaseId));
    }
    return lease.get().foldedNamespace().equals(foldedNamespace)
        ? Optional.empty()
        : Optional.of(new Outcome.LeaseOfOtherNamespace(counters.revision, leaseId));
  }

  /** What stands in the way of all of it: too much at a time, or for a lease. */
  private Optional<Outcome> refusal(KeyDraft draft) {
    if (draft.isTooMuch()) {
      return Optional.of(new Outcome.TooManyKeys(counters.revision));
    }
    for (var more : added(draft.edits()).entrySet()) {
      var now = leases.keyClaim(more.getKey());
      var then = now.plus(more.getValue());
      boolean isFull =
          (then.keys() > now.keys() && then.keys() > Lease.KEYS_MAX)
              || (then.bytes() > now.bytes() && then.bytes() > Lease.KEY_BYTES_MAX);
      if (isFull) {
        return Optional.of(new Outcome.LeaseKeysFull(counters.revision, more.getKey()));
      }
    }
    return Optional.empty();
  }

  /** What the leases would carry more, or less, in order of id. */
  private static Map<Long, KeyClaim> added(List<KeyEdit> edits) {
    var added = new TreeMap<Long, KeyClaim>();
    for (var edit : edits) {
      switch (edit) {
        case KeyEdit.Put(var entry, var previous) -> {
          previous.ifPresent(gone -> add(added, gone, -1));
          add(added, entry, 1);
        }
        case KeyEdit.Delete(var gone) -> add(added, gone, -1);
      }
    }
    return added;
  }

  private static void add(Map<Long, KeyClaim> added, KeyEntry entry, int sign) {
    if (entry.leaseId() != 0) {
      added.merge(entry.leaseId(), new KeyClaim(sign, sign * (long) entry.bytes()), KeyClaim::plus);
    }
  }

  private static boolean isUnexpected(OptionalLong expected, @Nullable KeyEntry before) {
    return expected.isPresent() && expected.getAsLong() != modRevision(before);
  }

  private static long modRevision(@Nullable KeyEntry entry) {
    return entry == null ? 0 : entry.modRevision();
  }
}
