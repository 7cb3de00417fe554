package dev.rollcall.store;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.storage.v1.EmptyOutcome;
import dev.rollcall.storage.v1.FeatureLevelTooLowOutcome;
import dev.rollcall.storage.v1.LeaseFullOutcome;
import dev.rollcall.storage.v1.LeaseGrantedOutcome;
import dev.rollcall.storage.v1.LeasesExpiredOutcome;
import dev.rollcall.storage.v1.LeasesJudgedOutcome;
import dev.rollcall.storage.v1.OutcomeRecord;
import dev.rollcall.storage.v1.RegisteredOutcome;
import dev.rollcall.storage.v1.StaleIncarnationOutcome;

/**
 * Outcomes between values and bytes: of an answer to a forwarded command, and of a session's row.
 */
public final class OutcomeCodec {
  private OutcomeCodec() {}

  /** The outcome as bytes; equal outcomes give equal bytes. */
  public static byte[] encode(Outcome outcome) {
    var builder = OutcomeRecord.newBuilder().setRevision(outcome.revision());
    switch (outcome) {
      case Outcome.Registered o ->
          builder.setRegistered(
              RegisteredOutcome.newBuilder().setLeaseId(o.leaseId()).setTtlMillis(o.ttlMillis()));
      case Outcome.Updated o -> builder.setUpdated(o.instance().message());
      case Outcome.Deregistered o -> builder.setDeregistered(EmptyOutcome.getDefaultInstance());
      case Outcome.LeasesExpired o ->
          builder.setLeasesExpired(
              LeasesExpiredOutcome.newBuilder().setLeases(o.leases()).setInstances(o.instances()));
      case Outcome.LeaseGranted o ->
          builder.setLeaseGranted(
              LeaseGrantedOutcome.newBuilder().setLeaseId(o.leaseId()).setTtlMillis(o.ttlMillis()));
      case Outcome.LeaseRevoked o -> builder.setLeaseRevoked(o.instances());
      case Outcome.OverrideSet o -> builder.setOverrideSet(StandingCodec.toMessage(o.override()));
      case Outcome.OverrideCleared o -> builder.setOverrideCleared(o.existed());
      case Outcome.SpecPut o -> builder.setSpecPut(SpecCodec.toMessage(o.spec()));
      case Outcome.SpecDeleted o -> builder.setSpecDeleted(EmptyOutcome.getDefaultInstance());
      case Outcome.SpecNotFound o -> builder.setSpecNotFound(EmptyOutcome.getDefaultInstance());
      case Outcome.RevisionMismatch o -> builder.setRevisionMismatch(o.actual());
      case Outcome.GuardEngaged o -> builder.setGuardEngaged(EmptyOutcome.getDefaultInstance());
      case Outcome.GuardReleased o -> builder.setGuardReleased(o.suspects());
      case Outcome.GuardNotEngaged o ->
          builder.setGuardNotEngaged(EmptyOutcome.getDefaultInstance());
      case Outcome.LeasesJudged o ->
          builder.setLeasesJudged(
              LeasesJudgedOutcome.newBuilder().setLeases(o.leases()).setInstances(o.instances()));
      case Outcome.FeatureLevelRaised o -> builder.setFeatureLevelRaised(o.level());
      case Outcome.FeatureLevelHigher o -> builder.setFeatureLevelHigher(o.agreed());
      case Outcome.FeatureLevelTooLow o ->
          builder.setFeatureLevelTooLow(
              FeatureLevelTooLowOutcome.newBuilder().setNeeded(o.needed()).setAgreed(o.agreed()));
      case Outcome.ChangesCompacted o -> builder.setChangesCompacted(o.compactRevision());
      case Outcome.SessionOpened o -> builder.setSessionOpened(o.sessionId());
      case Outcome.Nothing o -> builder.setNothing(EmptyOutcome.getDefaultInstance());
      case Outcome.InstanceNotFound o ->
          builder.setInstanceNotFound(InstanceCodec.toMessage(o.key()));
      case Outcome.LeaseNotFound o -> builder.setLeaseNotFound(o.leaseId());
      case Outcome.LeaseFull o ->
          builder.setLeaseFull(
              LeaseFullOutcome.newBuilder()
                  .setLeaseId(o.leaseId())
                  .setInstancesMax(o.instancesMax()));
      case Outcome.StaleIncarnation o ->
          builder.setStaleIncarnation(
              StaleIncarnationOutcome.newBuilder()
                  .setKey(InstanceCodec.toMessage(o.key()))
                  .setIncarnation(o.incarnation()));
      case Outcome.IncarnationReused o ->
          builder.setIncarnationReused(InstanceCodec.toMessage(o.key()));
      case Outcome.LeaseOfOtherNamespace o -> builder.setLeaseOfOtherNamespace(o.leaseId());
      case Outcome.KeyPut o -> builder.setKeyPut(KeyOutcomeCodec.toMessage(o));
      case Outcome.KeysDeleted o -> builder.setKeysDeleted(o.keys());
      case Outcome.Transacted o -> builder.setTransacted(KeyOutcomeCodec.toMessage(o));
      case Outcome.LeaseKeysFull o -> builder.setLeaseKeysFull(o.leaseId());
      case Outcome.TooManyKeys o -> builder.setTooManyKeys(EmptyOutcome.getDefaultInstance());
      case Outcome.SessionExpired o -> builder.setSessionExpired(o.sessionId());
      case Outcome.RequestTooOld o -> builder.setRequestTooOld(o.sequence());
    }
    return ProtoBytes.of(builder.build());
  }

  /**
   * The outcome that these bytes stand for.
   *
   * @throws IllegalArgumentException when they stand for none that this version knows
   */
  public static Outcome decode(byte[] bytes) {
    try {
      return decode(OutcomeRecord.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("not an outcome: " + e.getMessage(), e);
    }
  }

  private static Outcome decode(OutcomeRecord message) {
    long revision = message.getRevision();
    return switch (message.getOutcomeCase()) {
      case REGISTERED ->
          new Outcome.Registered(
              revision,
              message.getRegistered().getLeaseId(),
              message.getRegistered().getTtlMillis());
      case UPDATED ->
          new Outcome.Updated(revision, InstanceCodec.registeredFromMessage(message.getUpdated()));
      case DEREGISTERED -> new Outcome.Deregistered(revision);
      case LEASES_EXPIRED ->
          new Outcome.LeasesExpired(
              revision,
              message.getLeasesExpired().getLeases(),
              message.getLeasesExpired().getInstances());
      case LEASE_GRANTED -> granted(revision, message.getLeaseGranted());
      case LEASE_REVOKED -> new Outcome.LeaseRevoked(revision, message.getLeaseRevoked());
      case OVERRIDE_SET ->
          new Outcome.OverrideSet(revision, StandingCodec.fromMessage(message.getOverrideSet()));
      case OVERRIDE_CLEARED -> new Outcome.OverrideCleared(revision, message.getOverrideCleared());
      case SPEC_PUT ->
          new Outcome.SpecPut(revision, SpecCodec.registeredFromMessage(message.getSpecPut()));
      case SPEC_DELETED -> new Outcome.SpecDeleted(revision);
      case SPEC_NOT_FOUND -> new Outcome.SpecNotFound(revision);
      case REVISION_MISMATCH ->
          new Outcome.RevisionMismatch(revision, message.getRevisionMismatch());
      case GUARD_ENGAGED -> new Outcome.GuardEngaged(revision);
      case GUARD_RELEASED -> new Outcome.GuardReleased(revision, message.getGuardReleased());
      case GUARD_NOT_ENGAGED -> new Outcome.GuardNotEngaged(revision);
      case LEASES_JUDGED -> judged(revision, message.getLeasesJudged());
      case FEATURE_LEVEL_RAISED ->
          new Outcome.FeatureLevelRaised(revision, message.getFeatureLevelRaised());
      case FEATURE_LEVEL_HIGHER ->
          new Outcome.FeatureLevelHigher(revision, message.getFeatureLevelHigher());
      case FEATURE_LEVEL_TOO_LOW -> tooLow(revision, message.getFeatureLevelTooLow());
      case CHANGES_COMPACTED ->
          new Outcome.ChangesCompacted(revision, message.getChangesCompacted());
      case SESSION_OPENED -> new Outcome.SessionOpened(revision, message.getSessionOpened());
      case NOTHING -> new Outcome.Nothing(revision);
      case INSTANCE_NOT_FOUND ->
          new Outcome.InstanceNotFound(
              revision, InstanceCodec.fromMessage(message.getInstanceNotFound()));
      case LEASE_NOT_FOUND -> new Outcome.LeaseNotFound(revision, message.getLeaseNotFound());
      case LEASE_FULL -> full(revision, message.getLeaseFull());
      case STALE_INCARNATION ->
          new Outcome.StaleIncarnation(
              revision,
              InstanceCodec.fromMessage(message.getStaleIncarnation().getKey()),
              message.getStaleIncarnation().getIncarnation());
      case INCARNATION_REUSED ->
          new Outcome.IncarnationReused(
              revision, InstanceCodec.fromMessage(message.getIncarnationReused()));
      case LEASE_OF_OTHER_NAMESPACE ->
          new Outcome.LeaseOfOtherNamespace(revision, message.getLeaseOfOtherNamespace());
      case KEY_PUT -> KeyOutcomeCodec.keyPut(revision, message.getKeyPut());
      case KEYS_DELETED -> new Outcome.KeysDeleted(revision, message.getKeysDeleted());
      case TRANSACTED -> KeyOutcomeCodec.transacted(revision, message.getTransacted());
      case LEASE_KEYS_FULL -> new Outcome.LeaseKeysFull(revision, message.getLeaseKeysFull());
      case TOO_MANY_KEYS -> new Outcome.TooManyKeys(revision);
      case SESSION_EXPIRED -> new Outcome.SessionExpired(revision, message.getSessionExpired());
      case REQUEST_TOO_OLD -> new Outcome.RequestTooOld(revision, message.getRequestTooOld());
      case OUTCOME_NOT_SET ->
          throw new IllegalArgumentException("not an outcome that this version knows");
    };
  }

  private static Outcome granted(long revision, LeaseGrantedOutcome message) {
    return new Outcome.LeaseGranted(revision, message.getLeaseId(), message.getTtlMillis());
  }

  private static Outcome full(long revision, LeaseFullOutcome message) {
    return new Outcome.LeaseFull(revision, message.getLeaseId(), message.getInstancesMax());
  }

  private static Outcome judged(long revision, LeasesJudgedOutcome message) {
    return new Outcome.LeasesJudged(revision, message.getLeases(), message.getInstances());
  }

  private static Outcome tooLow(long revision, FeatureLevelTooLowOutcome message) {
    return new Outcome.FeatureLevelTooLow(revision, message.getNeeded(), message.getAgreed());
  }
}
