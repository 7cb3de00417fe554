package dev.rollcall.client.watch;

import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceSpec;
import dev.rollcall.client.changes.Change;
import dev.rollcall.client.changes.ChangeQuery;
import dev.rollcall.client.changes.RemoveCause;
import dev.rollcall.client.keys.KeyEntry;
import dev.rollcall.client.keys.KeysCodec;
import dev.rollcall.client.transport.OperationsCodec;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.DeleteCause;
import dev.rollcall.v1.InstanceRemoval;
import dev.rollcall.v1.WatchScope;
import dev.rollcall.v1.WatchedChange;
import java.util.Optional;

/** Between messages and values of CHANGES watches. Any thread. */
final class ChangeCodec {
  private ChangeCodec() {}

  /** What is watched, from where; the history is left to the caller. */
  static CreateWatch.Builder encode(ChangeQuery query, String namespace) {
    boolean isOfKeys =
        query.scope() == ChangeQuery.Scope.KEY || query.scope() == ChangeQuery.Scope.KEYS;
    CreateWatch.Builder request =
        CreateWatch.newBuilder()
            .setNamespace(namespace)
            .setScope(encode(query.scope()))
            .setInstanceId(query.instanceId())
            .setFilter(query.filter())
            .setPreviousValues(query.hasPreviousValues())
            .setStartRevision(query.fromRevision());
    return isOfKeys ? request.setKey(query.name()) : request.setService(query.name());
  }

  private static WatchScope encode(ChangeQuery.Scope scope) {
    return switch (scope) {
      case SERVICE -> WatchScope.WATCH_SCOPE_SERVICE;
      case INSTANCE -> WatchScope.WATCH_SCOPE_INSTANCE;
      case SERVICES -> WatchScope.WATCH_SCOPE_SERVICES;
      case KEY -> WatchScope.WATCH_SCOPE_KEY;
      case KEYS -> WatchScope.WATCH_SCOPE_KEYS;
    };
  }

  /** A change; empty when it is something that only a newer server knows. */
  static Optional<Change> decode(WatchedChange message) {
    return switch (message.getChangeCase()) {
      case UPSERT ->
          Optional.of(
              new Change.InstancePut(
                  WireCodec.decode(message.getUpsert()), previousInstance(message)));
      case REMOVAL -> Optional.of(removed(message));
      case SPEC_PUT ->
          Optional.of(
              new Change.SpecPut(
                  OperationsCodec.decode(message.getSpecPut()), previousSpec(message)));
      case SPEC_REMOVED ->
          Optional.of(
              new Change.SpecRemoved(
                  message.getSpecRemoved().getNamespace(),
                  message.getSpecRemoved().getService(),
                  previousSpec(message)));
      case KEY_PUT ->
          Optional.of(
              new Change.KeyPut(KeysCodec.decode(message.getKeyPut()), previousKey(message)));
      case KEY_DELETED ->
          Optional.of(
              new Change.KeyDeleted(
                  message.getKeyDeleted().getKey(),
                  message.getKeyDeleted().getModRevision(),
                  decode(message.getKeyDeleted().getCause()),
                  previousKey(message)));
      case CHANGE_NOT_SET -> Optional.empty();
    };
  }

  private static Change removed(WatchedChange message) {
    InstanceRemoval removal = message.getRemoval();
    return new Change.InstanceRemoved(
        removal.getKey().getNamespace(),
        removal.getKey().getService(),
        removal.getKey().getInstanceId(),
        removal.getIncarnation(),
        decode(removal.getCause()),
        previousInstance(message));
  }

  private static RemoveCause decode(dev.rollcall.v1.RemoveCause cause) {
    return switch (cause) {
      case REMOVE_CAUSE_DEREGISTERED -> RemoveCause.REQUESTED;
      case REMOVE_CAUSE_EXPIRED -> RemoveCause.LEASE_ENDED;
      case REMOVE_CAUSE_FILTERED -> RemoveCause.FILTERED;
      case REMOVE_CAUSE_UNSPECIFIED, UNRECOGNIZED -> RemoveCause.OTHER;
    };
  }

  private static RemoveCause decode(DeleteCause cause) {
    return switch (cause) {
      case DELETE_CAUSE_DELETED -> RemoveCause.REQUESTED;
      case DELETE_CAUSE_LEASE_ENDED -> RemoveCause.LEASE_ENDED;
      case DELETE_CAUSE_UNSPECIFIED, UNRECOGNIZED -> RemoveCause.OTHER;
    };
  }

  private static Optional<ServiceInstance> previousInstance(WatchedChange message) {
    return message.hasPreviousInstance()
        ? Optional.of(WireCodec.decode(message.getPreviousInstance()))
        : Optional.empty();
  }

  private static Optional<ServiceSpec> previousSpec(WatchedChange message) {
    return message.hasPreviousSpec()
        ? Optional.of(OperationsCodec.decode(message.getPreviousSpec()))
        : Optional.empty();
  }

  private static Optional<KeyEntry> previousKey(WatchedChange message) {
    return message.hasPreviousKey()
        ? Optional.of(KeysCodec.decode(message.getPreviousKey()))
        : Optional.empty();
  }
}
