package dev.rollcall.server;

import dev.rollcall.v1.CancelWatch;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchResponse;

/** Requests of watch streams, for tests. */
final class Watching {
  private Watching() {}

  /**
   * The next message about the state; what a loaded machine says of its freshness is passed over.
   */
  static WatchResponse next(TestClient.Stream<WatchRequest, WatchResponse> watch) {
    WatchResponse response = watch.next();
    while (response.hasFreshness() || response.hasProgress()) {
      response = watch.next();
    }
    return response;
  }

  static WatchRequest create(long watchId, String service) {
    return create(CreateWatch.newBuilder().setWatchId(watchId).setService(service));
  }

  static WatchRequest create(CreateWatch.Builder create) {
    return WatchRequest.newBuilder().setCreate(create).build();
  }

  static WatchRequest cancel(long watchId) {
    return WatchRequest.newBuilder()
        .setCancel(CancelWatch.newBuilder().setWatchId(watchId))
        .build();
  }
}
