package dev.rollcall.client.watch;

import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceSpec;
import dev.rollcall.client.transport.OperationsCodec;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.RemovedInstance;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchScope;
import dev.rollcall.v1.WatchSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One service: its instances, or those of them that fit a filter, and its spec. */
final class ServiceParts implements StateParts {
  private final String namespace;
  private final String service;
  private final String filter;
  private final WatchListener listener;
  private final List<ServiceInstance> upserts = new ArrayList<>();
  private final List<String> removes = new ArrayList<>();

  /** What the parts say of the spec, if they do. */
  private Optional<ServiceSpec> spec = Optional.empty();

  private boolean hasSpec;

  ServiceParts(String namespace, String service, String filter, WatchListener listener) {
    this.namespace = namespace;
    this.service = service;
    this.filter = filter;
    this.listener = listener;
  }

  @Override
  public void describe(CreateWatch.Builder request) {
    request
        .setScope(WatchScope.WATCH_SCOPE_SERVICE)
        .setNamespace(namespace)
        .setService(service)
        .setFilter(filter);
  }

  @Override
  public void add(WatchSnapshot part) {
    upserts.addAll(WireCodec.decode(part.getInstancesList()));
    specSays(
        part.hasSpec() ? Optional.of(OperationsCodec.decode(part.getSpec())) : Optional.empty());
  }

  @Override
  public void add(WatchDelta part) {
    for (Instance upsert : part.getUpsertsList()) {
      upserts.add(WireCodec.decode(upsert));
    }
    for (RemovedInstance removed : part.getRemovesList()) {
      removes.add(removed.getInstanceId());
    }
    if (part.hasSpec()) {
      specSays(Optional.of(OperationsCodec.decode(part.getSpec())));
    } else if (part.getSpecRemoved()) {
      specSays(Optional.empty());
    }
  }

  private void specSays(Optional<ServiceSpec> now) {
    spec = now;
    hasSpec = true;
  }

  @Override
  public boolean isNothing() {
    return upserts.isEmpty();
  }

  @Override
  public void tellReplaced(long revision) {
    List<ServiceInstance> whole = List.copyOf(upserts);
    tellSpec();
    drop();
    listener.replaced(revision, whole);
  }

  @Override
  public void tellChanged(long revision) {
    List<ServiceInstance> changed = List.copyOf(upserts);
    List<String> gone = List.copyOf(removes);
    tellSpec();
    drop();
    listener.changed(revision, changed, gone);
  }

  private void tellSpec() {
    if (hasSpec) {
      listener.specified(spec);
    }
  }

  @Override
  public void drop() {
    upserts.clear();
    removes.clear();
    spec = Optional.empty();
    hasSpec = false;
  }
}
