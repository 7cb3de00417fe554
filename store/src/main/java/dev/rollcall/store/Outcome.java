package dev.rollcall.store;

import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.RegisteredSpec;
import dev.rollcall.store.instance.StatusOverride;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyResult;
import java.util.List;
import java.util.Optional;

/** What became of a command: expected, replicated, the same on every node. */
public sealed interface Outcome {
  /** Revision of the registry after the command; of the first execution when this is a repeat. */
  long revision();

  /** The instances are registered under this lease. */
  record Registered(long revision, long leaseId, long ttlMillis) implements Outcome {}

  /** The instance is as given; revision is that of its last change. */
  record Updated(long revision, RegisteredInstance instance) implements Outcome {}

  /** The instance is gone. */
  record Deregistered(long revision) implements Outcome {}

  /** The leases that still were there are gone; {@code instances} went with them. */
  record LeasesExpired(long revision, int leases, int instances) implements Outcome {}

  /** The lease is there, and carries nothing yet. */
  record LeaseGranted(long revision, long leaseId, long ttlMillis) implements Outcome {}

  /** The lease is gone; {@code instances} went with it. */
  record LeaseRevoked(long revision, int instances) implements Outcome {}

  /** The override is there; revision is that of the instance's change, if it is registered. */
  record OverrideSet(long revision, StatusOverride override) implements Outcome {}

  /**
   * There is no override; revision is that of the instance's change, if that made one.
   *
   * @param existed whether there was one
   */
  record OverrideCleared(long revision, boolean existed) implements Outcome {}

  /** The spec is as given; revision is that of its last change. */
  record SpecPut(long revision, RegisteredSpec spec) implements Outcome {}

  /** The spec is gone. */
  record SpecDeleted(long revision) implements Outcome {}

  /** The guard of the namespace is engaged. */
  record GuardEngaged(long revision) implements Outcome {}

  /** The guard of the namespace is released; {@code suspects} of its leases may expire. */
  record GuardReleased(long revision, int suspects) implements Outcome {}

  /** So many leases are suspect now, or no longer, and so many instances with them. */
  record LeasesJudged(long revision, int leases, int instances) implements Outcome {}

  /** The cluster has agreed on this feature level. */
  record FeatureLevelRaised(long revision, int level) implements Outcome {}

  /**
   * The key is as given; revision is that of its last change.
   *
   * @param entry without its value
   * @param previous what was there before, without its value
   */
  record KeyPut(long revision, KeyEntry entry, Optional<KeyEntry> previous) implements Outcome {}

  /** So many keys went; when there were none, revision is that of the last change. */
  record KeysDeleted(long revision, int keys) implements Outcome {}

  /**
   * The transaction is done; when it changed nothing, revision is that of the last change.
   *
   * @param succeeded whether all compares held
   * @param results one for each operation done
   */
  record Transacted(long revision, boolean succeeded, List<KeyResult> results) implements Outcome {
    public Transacted {
      results = List.copyOf(results);
    }
  }

  /** The change log begins with this revision now, or will with the next. */
  record ChangesCompacted(long revision, long compactRevision) implements Outcome {}

  /** The session is open. */
  record SessionOpened(long revision, long sessionId) implements Outcome {}

  /** Nothing to do: an entry that carries no command. */
  record Nothing(long revision) implements Outcome {}

  /** No such instance. */
  record InstanceNotFound(long revision, InstanceKey key) implements Outcome {}

  /** The service has no spec. */
  record SpecNotFound(long revision) implements Outcome {}

  /**
   * What is there was written by somebody else since.
   *
   * @param actual its mod revision; 0 when nothing is there
   */
  record RevisionMismatch(long revision, long actual) implements Outcome {}

  /** The guard of the namespace is not engaged. */
  record GuardNotEngaged(long revision) implements Outcome {}

  /** The cluster has agreed on a higher feature level before, and it never goes down. */
  record FeatureLevelHigher(long revision, int agreed) implements Outcome {}

  /** The command needs a higher feature level than was agreed on; it was not executed. */
  record FeatureLevelTooLow(long revision, int needed, int agreed) implements Outcome {}

  /** No such lease. */
  record LeaseNotFound(long revision, long leaseId) implements Outcome {}

  /** The lease would carry more than the limit of instances. */
  record LeaseFull(long revision, long leaseId, int instancesMax) implements Outcome {}

  /** The lease would carry more than the limit of keys. */
  record LeaseKeysFull(long revision, long leaseId) implements Outcome {}

  /** The command deletes or reads more keys than one command may. */
  record TooManyKeys(long revision) implements Outcome {}

  /** The incarnation is lower than the live one, or not above that of a removed life. */
  record StaleIncarnation(long revision, InstanceKey key, long incarnation) implements Outcome {}

  /** Equal incarnation, other content. */
  record IncarnationReused(long revision, InstanceKey key) implements Outcome {}

  /** What a lease carries must be of one namespace. */
  record LeaseOfOtherNamespace(long revision, long leaseId) implements Outcome {}

  /** No such session; the command was not executed. */
  record SessionExpired(long revision, long sessionId) implements Outcome {}

  /** The sequence was acknowledged or forgotten; the command was not executed again. */
  record RequestTooOld(long revision, long sequence) implements Outcome {}
}
