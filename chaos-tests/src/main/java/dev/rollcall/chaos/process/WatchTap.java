package dev.rollcall.chaos.process;

import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.RemovedInstance;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchSnapshot;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sits between a client that watches services at one node and the wire, and writes into the ledger
 * which instances go: told as removed, with the cause, or missing from a later snapshot. Any
 * thread.
 */
final class WatchTap implements ClientInterceptor {
  private static final String WATCH = DiscoveryGrpc.getWatchMethod().getFullMethodName();

  private final LeaseLedger ledger;
  // By service, then by instance: the lease. Outlives streams. Guarded by this.
  private final Map<String, Map<String, Long>> present = new HashMap<>();

  WatchTap(LeaseLedger ledger) {
    this.ledger = ledger;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    ClientCall<Q, A> call = next.newCall(method, options);
    return method.getFullMethodName().equals(WATCH) ? new Tapped<>(call) : call;
  }

  private synchronized void replaced(String service, Map<String, Long> instances) {
    Map<String, Long> before = present.put(service, instances);
    if (before != null) {
      before.forEach((instance, lease) -> {
        if (!lease.equals(instances.get(instance))) {
          gone(service, instance, lease, "missing from a snapshot");
        }
      });
    }
  }

  private synchronized void changed(String service, WatchDelta delta) {
    Map<String, Long> instances = present.computeIfAbsent(service, unused -> new HashMap<>());
    for (Instance upsert : delta.getUpsertsList()) {
      Long before = instances.put(upsert.getInstanceId(), upsert.getLeaseId());
      if (before != null && before != upsert.getLeaseId()) {
        gone(service, upsert.getInstanceId(), before, "replaced by a later life");
      }
    }
    for (RemovedInstance removed : delta.getRemovesList()) {
      Long lease = instances.remove(removed.getInstanceId());
      if (lease != null) {
        gone(service, removed.getInstanceId(), lease, removed.getCause().name());
      }
    }
  }

  private void gone(String service, String instance, long lease, String cause) {
    ledger.removed(lease, service + "/" + instance, cause, System.nanoTime());
  }

  private final class Tapped<Q, A> extends SimpleForwardingClientCall<Q, A> {
    private final Map<Long, String> services = new ConcurrentHashMap<>();
    private final Map<Long, Map<String, Long>> parts = new ConcurrentHashMap<>();

    Tapped(ClientCall<Q, A> call) {
      super(call);
    }

    @Override
    public void start(Listener<A> listener, Metadata headers) {
      super.start(
          new SimpleForwardingClientCallListener<>(listener) {
            @Override
            public void onMessage(A message) {
              heard((WatchResponse) message);
              super.onMessage(message);
            }
          },
          headers);
    }

    @Override
    public void sendMessage(Q message) {
      var request = (WatchRequest) message;
      if (request.hasCreate()) {
        services.put(request.getCreate().getWatchId(), request.getCreate().getService());
      }
      super.sendMessage(message);
    }

    private void heard(WatchResponse response) {
      String service = services.get(response.getWatchIds(0));
      if (service == null) {
        return;
      }
      if (response.hasSnapshot()) {
        snapshot(response.getWatchIds(0), service, response.getSnapshot());
      } else if (response.hasDeltas()) {
        response.getDeltas().getDeltasList().forEach(delta -> changed(service, delta));
      }
    }

    private void snapshot(long watchId, String service, WatchSnapshot snapshot) {
      Map<String, Long> whole = parts.computeIfAbsent(watchId, unused -> new HashMap<>());
      for (Instance instance : snapshot.getInstancesList()) {
        whole.put(instance.getInstanceId(), instance.getLeaseId());
      }
      if (snapshot.getLast()) {
        parts.remove(watchId);
        replaced(service, whole);
      }
    }
  }
}
