package dev.rollcall.store;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.storage.v1.CommandRecord;
import dev.rollcall.storage.v1.CompactChangesCommand;
import dev.rollcall.storage.v1.DeleteServiceSpecCommand;
import dev.rollcall.storage.v1.DeregisterCommand;
import dev.rollcall.storage.v1.EngageGuardCommand;
import dev.rollcall.storage.v1.ExpireLeasesCommand;
import dev.rollcall.storage.v1.GrantLeaseCommand;
import dev.rollcall.storage.v1.OpenSessionCommand;
import dev.rollcall.storage.v1.PassDeadlinesCommand;
import dev.rollcall.storage.v1.PutServiceSpecCommand;
import dev.rollcall.storage.v1.RaiseFeatureLevelCommand;
import dev.rollcall.storage.v1.RegisterCommand;
import dev.rollcall.storage.v1.ReleaseGuardCommand;
import dev.rollcall.storage.v1.RevokeLeaseCommand;
import dev.rollcall.storage.v1.SetLifecycleCommand;
import dev.rollcall.storage.v1.SetOverrideCommand;
import dev.rollcall.storage.v1.StringList;
import dev.rollcall.storage.v1.StringMap;
import dev.rollcall.storage.v1.SuspectLeasesCommand;
import dev.rollcall.storage.v1.TrustLeasesCommand;
import dev.rollcall.storage.v1.UpdateCommand;
import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Requests between values and the bytes of a log entry. Equal requests give equal bytes. */
public final class CommandCodec {
  private CommandCodec() {}

  /** The request as it is put into the log, and forwarded. */
  public static byte[] encode(Request request) {
    var builder = CommandRecord.newBuilder();
    request
        .repeat()
        .ifPresent(repeat ->
            builder
                .setSessionId(repeat.sessionId())
                .setSequence(repeat.sequence())
                .setLowestUnacknowledged(repeat.lowestUnacknowledged()));
    switch (request.command()) {
      case Command.Register register -> builder.setRegister(encode(register));
      case Command.Update update -> builder.setUpdate(encode(update));
      case Command.Deregister deregister ->
          builder.setDeregister(
              DeregisterCommand.newBuilder()
                  .setKey(InstanceCodec.toMessage(deregister.key()))
                  .setIncarnation(deregister.incarnation()));
      case Command.ExpireLeases expire ->
          builder.setExpireLeases(
              ExpireLeasesCommand.newBuilder().addAllLeaseIds(expire.leaseIds()));
      case Command.GrantLease(var foldedNamespace, long ttlMillis) ->
          builder.setGrantLease(
              GrantLeaseCommand.newBuilder().setNamespace(foldedNamespace).setTtlMillis(ttlMillis));
      case Command.RevokeLease(long leaseId) ->
          builder.setRevokeLease(RevokeLeaseCommand.newBuilder().setLeaseId(leaseId));
      case Command.SetLifecycle set -> builder.setSetLifecycle(encode(set));
      case Command.SetOverride set -> builder.setSetOverride(encode(set));
      case Command.ClearOverride(InstanceKey key) ->
          builder.setClearOverride(InstanceCodec.toMessage(key));
      case Command.PutServiceSpec put -> builder.setPutServiceSpec(encode(put));
      case Command.DeleteServiceSpec delete -> builder.setDeleteServiceSpec(encode(delete));
      case Command.EngageGuard(var foldedNamespace) ->
          builder.setEngageGuard(EngageGuardCommand.newBuilder().setNamespace(foldedNamespace));
      case Command.ReleaseGuard(var foldedNamespace, var actor) ->
          builder.setReleaseGuard(
              ReleaseGuardCommand.newBuilder().setNamespace(foldedNamespace).setActor(actor));
      case Command.SuspectLeases(var leaseIds) ->
          builder.setSuspectLeases(SuspectLeasesCommand.newBuilder().addAllLeaseIds(leaseIds));
      case Command.TrustLeases(var leaseIds) ->
          builder.setTrustLeases(TrustLeasesCommand.newBuilder().addAllLeaseIds(leaseIds));
      case Command.PassDeadlines() ->
          builder.setPassDeadlines(PassDeadlinesCommand.getDefaultInstance());
      case Command.CompactChanges(long revision) ->
          builder.setCompactChanges(CompactChangesCommand.newBuilder().setRevision(revision));
      case Command.RaiseFeatureLevel(int level) ->
          builder.setRaiseFeatureLevel(RaiseFeatureLevelCommand.newBuilder().setLevel(level));
      case Command.PutKey put -> builder.setPutKey(KeyCommandCodec.toMessage(put));
      case Command.DeleteKeys delete -> builder.setDeleteKeys(KeyCommandCodec.toMessage(delete));
      case Command.Transact transact -> builder.setTransact(KeyCommandCodec.toMessage(transact));
      case Command.OpenSession() -> builder.setOpenSession(OpenSessionCommand.getDefaultInstance());
    }
    return ProtoBytes.of(builder.build());
  }

  /**
   * The request that these bytes stand for.
   *
   * @throws InvalidRequest when they stand for none, or for one that this version does not know
   */
  public static Request decode(byte[] bytes) {
    return decode(bytes, Interner.NONE);
  }

  static Request decode(byte[] bytes, Interner interner) {
    CommandRecord message;
    try {
      message = CommandRecord.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidRequest(Rule.OTHER, "not a command: " + e.getMessage());
    }
    var command = decode(message, interner);
    return message.getSessionId() == 0
        ? Request.of(command)
        : new Request(
            command,
            Optional.of(
                new Request.Repeat(
                    message.getSessionId(),
                    message.getSequence(),
                    message.getLowestUnacknowledged())));
  }

  private static Command decode(CommandRecord message, Interner interner) {
    return switch (message.getCommandCase()) {
      case REGISTER -> decode(message.getRegister(), interner);
      case UPDATE -> decode(message.getUpdate());
      case DEREGISTER ->
          new Command.Deregister(
              InstanceCodec.fromMessage(message.getDeregister().getKey()),
              message.getDeregister().getIncarnation());
      case EXPIRE_LEASES -> new Command.ExpireLeases(message.getExpireLeases().getLeaseIdsList());
      case GRANT_LEASE ->
          new Command.GrantLease(
              message.getGrantLease().getNamespace(), message.getGrantLease().getTtlMillis());
      case REVOKE_LEASE -> new Command.RevokeLease(message.getRevokeLease().getLeaseId());
      case SET_LIFECYCLE -> decode(message.getSetLifecycle());
      case SET_OVERRIDE -> decode(message.getSetOverride());
      case CLEAR_OVERRIDE ->
          new Command.ClearOverride(InstanceCodec.fromMessage(message.getClearOverride()));
      case PUT_SERVICE_SPEC -> decode(message.getPutServiceSpec());
      case DELETE_SERVICE_SPEC -> decode(message.getDeleteServiceSpec());
      case ENGAGE_GUARD -> new Command.EngageGuard(message.getEngageGuard().getNamespace());
      case RELEASE_GUARD ->
          new Command.ReleaseGuard(
              message.getReleaseGuard().getNamespace(), message.getReleaseGuard().getActor());
      case SUSPECT_LEASES ->
          new Command.SuspectLeases(message.getSuspectLeases().getLeaseIdsList());
      case TRUST_LEASES -> new Command.TrustLeases(message.getTrustLeases().getLeaseIdsList());
      case COMPACT_CHANGES -> new Command.CompactChanges(message.getCompactChanges().getRevision());
      case PASS_DEADLINES -> new Command.PassDeadlines();
      case RAISE_FEATURE_LEVEL ->
          new Command.RaiseFeatureLevel(message.getRaiseFeatureLevel().getLevel());
      case PUT_KEY -> KeyCommandCodec.fromMessage(message.getPutKey());
      case DELETE_KEYS -> KeyCommandCodec.fromMessage(message.getDeleteKeys());
      case TRANSACT -> KeyCommandCodec.fromMessage(message.getTransact());
      case OPEN_SESSION -> new Command.OpenSession();
      case COMMAND_NOT_SET ->
          throw new InvalidRequest(Rule.OTHER, "not a command that this version knows");
    };
  }

  private static RegisterCommand encode(Command.Register register) {
    var builder = RegisterCommand.newBuilder();
    for (var instance : register.instances()) {
      builder.addInstances(InstanceCodec.toMessage(instance));
    }
    switch (register.keeper()) {
      case Keeper.NewLease(long ttlMillis) -> builder.setTtlMillis(ttlMillis);
      case Keeper.ExistingLease(long leaseId) -> builder.setLeaseId(leaseId);
      case Keeper.DefaultLease() -> {}
    }
    return builder.build();
  }

  private static Command decode(RegisterCommand message, Interner interner) {
    var instances =
        message.getInstancesList().stream()
            .map(instance -> InstanceCodec.fromMessage(instance, interner))
            .toList();
    return new Command.Register(instances, keeper(message));
  }

  private static Keeper keeper(RegisterCommand message) {
    if (message.getLeaseId() != 0) {
      return new Keeper.ExistingLease(message.getLeaseId());
    }
    return message.getTtlMillis() == 0
        ? new Keeper.DefaultLease()
        : new Keeper.NewLease(message.getTtlMillis());
  }

  private static SetLifecycleCommand encode(Command.SetLifecycle set) {
    return SetLifecycleCommand.newBuilder()
        .setKey(InstanceCodec.toMessage(set.key()))
        .setIncarnation(set.incarnation())
        .setLifecycle(StandingCodec.toMessage(set.lifecycle()))
        .setGraceMillis(set.graceMillis())
        .build();
  }

  private static Command decode(SetLifecycleCommand message) {
    return new Command.SetLifecycle(
        InstanceCodec.fromMessage(message.getKey()),
        message.getIncarnation(),
        StandingCodec.lifecycle(message.getLifecycle()),
        message.getGraceMillis());
  }

  private static SetOverrideCommand encode(Command.SetOverride set) {
    return SetOverrideCommand.newBuilder()
        .setKey(InstanceCodec.toMessage(set.key()))
        .setStatus(InstanceCodec.toMessage(set.status()))
        .setActor(set.actor())
        .setReason(set.reason())
        .setTtlMillis(set.ttlMillis())
        .build();
  }

  private static Command decode(SetOverrideCommand message) {
    return new Command.SetOverride(
        InstanceCodec.fromMessage(message.getKey()),
        InstanceCodec.status(message.getStatus()),
        message.getActor(),
        message.getReason(),
        message.getTtlMillis());
  }

  private static PutServiceSpecCommand encode(Command.PutServiceSpec put) {
    var builder = PutServiceSpecCommand.newBuilder().setSpec(SpecCodec.toMessage(put.spec()));
    put.expectedRevision().ifPresent(builder::setExpectedRevision);
    return builder.build();
  }

  private static Command decode(PutServiceSpecCommand message) {
    return new Command.PutServiceSpec(
        SpecCodec.fromMessage(message.getSpec()),
        message.hasExpectedRevision()
            ? OptionalLong.of(message.getExpectedRevision())
            : OptionalLong.empty());
  }

  private static DeleteServiceSpecCommand encode(Command.DeleteServiceSpec delete) {
    var builder =
        DeleteServiceSpecCommand.newBuilder()
            .setNamespace(delete.service().namespace())
            .setService(delete.service().name());
    delete.expectedRevision().ifPresent(builder::setExpectedRevision);
    return builder.build();
  }

  private static Command decode(DeleteServiceSpecCommand message) {
    return new Command.DeleteServiceSpec(
        new ServiceKey(message.getNamespace(), message.getService()),
        message.hasExpectedRevision()
            ? OptionalLong.of(message.getExpectedRevision())
            : OptionalLong.empty());
  }

  private static UpdateCommand encode(Command.Update update) {
    var builder =
        UpdateCommand.newBuilder()
            .setKey(InstanceCodec.toMessage(update.key()))
            .setIncarnation(update.incarnation())
            .setExpectedRevision(update.expectedRevision());
    update.status().ifPresent(status -> builder.setStatus(InstanceCodec.toMessage(status)));
    update.weight().ifPresent(builder::setWeight);
    update
        .metadata()
        .ifPresent(entries -> builder.setMetadata(StringMap.newBuilder().putAllEntries(entries)));
    update
        .tags()
        .ifPresent(values -> builder.setTags(StringList.newBuilder().addAllValues(values)));
    return builder.build();
  }

  private static Command decode(UpdateCommand message) {
    Optional<Status> status =
        message.hasStatus()
            ? Optional.of(InstanceCodec.status(message.getStatus()))
            : Optional.empty();
    OptionalInt weight =
        message.hasWeight()
            ? OptionalInt.of(InstanceCodec.weight(message.getWeight()))
            : OptionalInt.empty();
    Optional<SortedMap<String, String>> metadata =
        message.hasMetadata()
            ? Optional.of(new TreeMap<>(message.getMetadata().getEntriesMap()))
            : Optional.empty();
    Optional<List<String>> tags =
        message.hasTags() ? Optional.of(message.getTags().getValuesList()) : Optional.empty();
    return new Command.Update(
        InstanceCodec.fromMessage(message.getKey()),
        message.getIncarnation(),
        message.getExpectedRevision(),
        status,
        weight,
        metadata,
        tags);
  }
}
