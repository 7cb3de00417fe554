package dev.rollcall.server.watch;

import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.kv.KeyRules;
import dev.rollcall.store.watch.WatchScope;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.WatchMode;

/**
 * What a watch sees, and how: watches that see the same may share a cursor.
 *
 * @param isChanges whether every change is wanted, and not only the state
 * @param previousValues whether changes come with what was there before
 */
record WatchedView(WatchScope scope, Filter filter, boolean isChanges, boolean previousValues) {
  /**
   * What a client asks for.
   *
   * @throws InvalidRequest when it breaks a rule
   * @throws io.grpc.StatusRuntimeException of NOT_SUPPORTED when this version does not know it
   */
  static WatchedView of(CreateWatch request) {
    boolean isChanges = isChanges(request.getMode());
    var scope = scope(request);
    var filter = Filter.parse(request.getFilter());
    if (!filter.isAll() && !hasInstances(scope)) {
      throw refused("only instances are filtered: filter needs SERVICE, INSTANCE or SERVICES");
    }
    if (isChanges && scope instanceof WatchScope.ServiceNames) {
      throw refused("names have no changes of their own: SERVICE_NAMES needs mode STATE");
    }
    if (!isChanges && (request.getStartRevision() != 0 || request.getPreviousValues())) {
      throw refused("start_revision and previous_values need mode CHANGES");
    }
    return new WatchedView(scope, filter, isChanges, request.getPreviousValues());
  }

  private static boolean isChanges(WatchMode mode) {
    return switch (mode) {
      case WATCH_MODE_UNSPECIFIED, WATCH_MODE_STATE -> false;
      case WATCH_MODE_CHANGES -> true;
      case UNRECOGNIZED ->
          throw StatusMapper.status(ErrorReason.NOT_SUPPORTED, "this version has no such mode");
    };
  }

  private static WatchScope scope(CreateWatch request) {
    String namespace = request.getNamespace();
    String service = request.getService();
    return switch (request.getScope()) {
      case WATCH_SCOPE_UNSPECIFIED, WATCH_SCOPE_SERVICE ->
          new WatchScope.Service(new ServiceKey(namespace, service));
      case WATCH_SCOPE_INSTANCE ->
          new WatchScope.Instance(
              new InstanceKey(new ServiceKey(namespace, service), request.getInstanceId()));
      case WATCH_SCOPE_SERVICES -> {
        requirePrefix(namespace, service);
        yield WatchScope.Services.of(namespace, service);
      }
      case WATCH_SCOPE_SERVICE_NAMES -> {
        requirePrefix(namespace, service);
        yield WatchScope.ServiceNames.of(namespace, service);
      }
      case WATCH_SCOPE_KEY -> {
        KeyRules.requireKey(request.getKey());
        yield new WatchScope.Key(ServiceKey.foldedNamespace(namespace), request.getKey());
      }
      case WATCH_SCOPE_KEYS -> {
        KeyRules.requirePrefix(request.getKey());
        yield new WatchScope.Keys(ServiceKey.foldedNamespace(namespace), request.getKey());
      }
      case UNRECOGNIZED ->
          throw StatusMapper.status(ErrorReason.NOT_SUPPORTED, "this version has no such scope");
    };
  }

  /** A prefix is held to the rules of names; any other name serves beside the namespace. */
  private static void requirePrefix(String namespace, String prefix) {
    var unused = new ServiceKey(namespace, prefix.isEmpty() ? "any" : prefix);
  }

  private static boolean hasInstances(WatchScope scope) {
    return scope instanceof WatchScope.Service
        || scope instanceof WatchScope.Instance
        || scope instanceof WatchScope.Services;
  }

  private static InvalidRequest refused(String message) {
    return new InvalidRequest(Rule.OTHER, message);
  }
}
