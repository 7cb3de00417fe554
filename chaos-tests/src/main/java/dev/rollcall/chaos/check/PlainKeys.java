package dev.rollcall.chaos.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.rollcall.store.Change;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.kv.Compare;
import dev.rollcall.store.kv.Compare.Target;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyOperation;
import dev.rollcall.store.kv.KeyResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** The keys of a {@link PlainRegistry}. */
final class PlainKeys {
  private static final int DELETED_MAX = 1_000;
  private static final long DELETED_BYTES_MAX = 4L << 20;
  private static final long READ_BYTES_MAX = 1L << 20;
  private static final int BYTES_BESIDE = 64;
  private static final int CARRIED_MAX = 1_000;
  private static final long CARRIED_BYTES_MAX = 4L << 20;

  private static final Comparator<KeyEntry> IN_ORDER =
      Comparator.comparing(KeyEntry::foldedNamespace)
          .thenComparing(entry -> entry.key().getBytes(UTF_8), Arrays::compareUnsigned);

  private List<KeyEntry> entries = new ArrayList<>();

  /** All, in order of namespace and key. */
  List<KeyEntry> all() {
    return entries.stream().sorted(IN_ORDER).toList();
  }

  /**
   * What the rules say of a command.
   *
   * @param changes that it makes, in order; none when it is refused
   * @param then all keys after it
   */
  record Judged(Outcome outcome, List<Change> changes, List<KeyEntry> then) {}

  /** What stands in the way of putting a key under a lease. */
  interface LeaseRule {
    /** Of this namespace; lease 0 is none. */
    Optional<Outcome> refusal(String foldedNamespace, long leaseId);
  }

  Judged judge(Command.PutKey command, long revision, LeaseRule leases) {
    String namespace = command.foldedNamespace();
    var before = find(entries, namespace, command.key());
    var trial = new Trial(namespace, revision + 1);
    var now = trial.put(command.key(), command.value(), command.leaseId());
    var refused =
        mismatch(before, command.expectedRevision(), revision)
            .or(() -> leases.refusal(namespace, command.leaseId()));
    return judged(
        trial,
        revision,
        refused,
        new Outcome.KeyPut(
            now.modRevision(), now.withoutValue(), before.map(KeyEntry::withoutValue)));
  }

  Judged judge(Command.DeleteKeys command, long revision) {
    var before = find(entries, command.foldedNamespace(), command.key());
    var trial = new Trial(command.foldedNamespace(), revision + 1);
    int deleted = trial.delete(command.key(), command.isPrefix());
    return judged(
        trial,
        revision,
        mismatch(before, command.expectedRevision(), revision),
        new Outcome.KeysDeleted(trial.revisionAfter(), deleted));
  }

  Judged judge(Command.Transact command, long revision, LeaseRule leases) {
    String namespace = command.foldedNamespace();
    var trial = new Trial(namespace, revision + 1);
    boolean isSuccess = command.compares().stream().allMatch(trial::holds);
    var operations = isSuccess ? command.success() : command.failure();
    var results = operations.stream().map(trial::run).toList();
    var refused =
        operations.stream()
            .flatMap(each -> each instanceof KeyOperation.Put put ? Stream.of(put) : Stream.empty())
            .flatMap(put -> leases.refusal(namespace, put.leaseId()).stream())
            .findFirst();
    return judged(
        trial,
        revision,
        refused,
        new Outcome.Transacted(trial.revisionAfter(), isSuccess, results));
  }

  private Judged judged(Trial trial, long revision, Optional<Outcome> refused, Outcome otherwise) {
    return refused
        .or(() -> trial.refusal(revision))
        .map(refusal -> new Judged(refusal, List.of(), entries))
        .orElseGet(() -> new Judged(otherwise, trial.changes, trial.then));
  }

  /** It has happened. */
  void become(Judged judged) {
    entries = new ArrayList<>(judged.then);
  }

  private static Optional<Outcome> mismatch(
      Optional<KeyEntry> before, OptionalLong expected, long revision) {
    long actual = before.map(KeyEntry::modRevision).orElse(0L);
    return expected.isPresent() && expected.getAsLong() != actual
        ? Optional.of(new Outcome.RevisionMismatch(revision, actual))
        : Optional.empty();
  }

  boolean carries(long leaseId) {
    return entries.stream().anyMatch(entry -> entry.leaseId() == leaseId);
  }

  /** The keys of a lease go; as changes, in order. */
  List<Change> end(long leaseId) {
    var going = all().stream().filter(entry -> entry.leaseId() == leaseId).toList();
    entries.removeAll(going);
    return going.stream()
        .<Change>map(entry -> new Change.KeyDeleted(entry, Change.KeyCause.LEASE_ENDED))
        .toList();
  }

  private static Optional<KeyEntry> find(List<KeyEntry> among, String namespace, String key) {
    return among.stream()
        .filter(entry -> entry.foldedNamespace().equals(namespace) && entry.key().equals(key))
        .findFirst();
  }

  private static long size(KeyEntry entry) {
    return (long) entry.key().getBytes(UTF_8).length + entry.value().size();
  }

  /** What a command would do. */
  private final class Trial {
    private final List<Change> changes = new ArrayList<>();
    private final String namespace;
    private final long revision;
    private final List<KeyEntry> then = new ArrayList<>(entries);
    private long bytesRead;

    private Trial(String namespace, long revision) {
      this.namespace = namespace;
      this.revision = revision;
    }

    long revisionAfter() {
      return changes.isEmpty() ? revision - 1 : revision;
    }

    Optional<Outcome> refusal(long revisionNow) {
      return isTooMuch()
          ? Optional.of(new Outcome.TooManyKeys(revisionNow))
          : fullLease().map(id -> new Outcome.LeaseKeysFull(revisionNow, id));
    }

    private boolean isTooMuch() {
      var deleted =
          changes.stream()
              .filter(Change.KeyDeleted.class::isInstance)
              .map(each -> ((Change.KeyDeleted) each).previous())
              .toList();
      return deleted.size() > DELETED_MAX
          || deleted.stream().mapToLong(PlainKeys::size).sum() > DELETED_BYTES_MAX
          || bytesRead > READ_BYTES_MAX;
    }

    /** The first lease that would carry more than it may, and more than it does. */
    private Optional<Long> fullLease() {
      var leases = new TreeSet<Long>();
      then.forEach(entry -> leases.add(entry.leaseId()));
      leases.remove(0L);
      return leases.stream()
          .filter(id ->
              isMore(count(entries, id), count(then, id), CARRIED_MAX)
                  || isMore(bytes(entries, id), bytes(then, id), CARRIED_BYTES_MAX))
          .findFirst();
    }

    private static boolean isMore(long before, long after, long most) {
      return after > before && after > most;
    }

    private static long count(List<KeyEntry> among, long leaseId) {
      return among.stream().filter(entry -> entry.leaseId() == leaseId).count();
    }

    private static long bytes(List<KeyEntry> among, long leaseId) {
      return among.stream()
          .filter(entry -> entry.leaseId() == leaseId)
          .mapToLong(PlainKeys::size)
          .sum();
    }

    boolean holds(Compare compare) {
      var entry = find(then, namespace, compare.key());
      return switch (compare.target()) {
        case Target.Value(var value) when entry.isEmpty() ->
            compare.result() == Compare.Result.NOT_EQUAL;
        case Target.Value(var value) ->
            isSo(
                compare.result(),
                Arrays.compareUnsigned(entry.get().value().toByteArray(), value.toByteArray()));
        case Target.Figure(var of, long value) ->
            isSo(compare.result(), Long.compare(entry.map(numbers(of)).orElse(0L), value));
      };
    }

    private static Function<KeyEntry, Long> numbers(Compare.Of of) {
      return switch (of) {
        case MOD_REVISION -> KeyEntry::modRevision;
        case CREATE_REVISION -> KeyEntry::createRevision;
        case VERSION -> KeyEntry::version;
        case LEASE_ID -> KeyEntry::leaseId;
      };
    }

    private static boolean isSo(Compare.Result result, int order) {
      return switch (result) {
        case EQUAL -> order == 0;
        case NOT_EQUAL -> order != 0;
        case LESS -> order < 0;
        case GREATER -> order > 0;
      };
    }

    KeyResult run(KeyOperation operation) {
      return switch (operation) {
        case KeyOperation.Get(var key) ->
            read(find(then, namespace, key).stream().toList(), Integer.MAX_VALUE);
        case KeyOperation.Range(var prefix, int limit) -> read(begin(prefix), limit);
        case KeyOperation.Put(var key, var value, long leaseId) ->
            new KeyResult.Put(put(key, value, leaseId).withoutValue());
        case KeyOperation.Delete(var key, boolean isPrefix) ->
            new KeyResult.Deleted(delete(key, isPrefix));
      };
    }

    KeyEntry put(String key, ByteString value, long leaseId) {
      var before = find(then, namespace, key);
      if (before.isPresent()
          && before.get().value().equals(value)
          && before.get().leaseId() == leaseId) {
        return before.get();
      }
      var now =
          new KeyEntry(
              namespace,
              key,
              value,
              before.map(KeyEntry::createRevision).orElse(revision),
              revision,
              before.map(KeyEntry::version).orElse(0L) + 1,
              leaseId);
      before.ifPresent(then::remove);
      then.add(now);
      changes.add(new Change.KeyPut(now, before));
      return now;
    }

    int delete(String key, boolean isPrefix) {
      var going = isPrefix ? begin(key) : find(then, namespace, key).stream().toList();
      then.removeAll(going);
      going.forEach(entry -> changes.add(new Change.KeyDeleted(entry, Change.KeyCause.DELETED)));
      return going.size();
    }

    private List<KeyEntry> begin(String prefix) {
      return then.stream()
          .filter(entry -> entry.foldedNamespace().equals(namespace))
          .filter(entry -> entry.key().startsWith(prefix))
          .sorted(IN_ORDER)
          .toList();
    }

    private KeyResult read(List<KeyEntry> found, int limit) {
      var within = found.subList(0, Math.min(limit, found.size()));
      within.forEach(entry -> bytesRead += size(entry) + BYTES_BESIDE);
      return new KeyResult.Found(within, found.size() > limit);
    }
  }

  /** All of each namespace, in order of key. */
  Map<String, List<KeyEntry>> byNamespace() {
    var byNamespace = new HashMap<String, List<KeyEntry>>();
    all()
        .forEach(entry ->
            byNamespace
                .computeIfAbsent(entry.foldedNamespace(), none -> new ArrayList<>())
                .add(entry));
    return byNamespace;
  }
}
