package dev.rollcall.server.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.server.api.Headers;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.ResponseHeader;
import dev.rollcall.v1.WatchCanceled;
import dev.rollcall.v1.WatchCreated;
import dev.rollcall.v1.WatchFreshness;
import dev.rollcall.v1.WatchProgress;
import dev.rollcall.v1.WatchResponse;
import java.util.ArrayList;
import java.util.List;

/** Makes what a server says on a watch stream beside states and changes. Any thread. */
final class WatchMessages {
  private final Headers headers;
  private final RegistryStore store;

  WatchMessages(Headers headers, RegistryStore store) {
    this.headers = headers;
    this.store = store;
  }

  /** The field that says who is told. */
  static ByteString to(List<Long> watchIds) {
    return WatchResponse.newBuilder().addAllWatchIds(watchIds).build().toByteString();
  }

  static WatchMessage of(ByteString to, Feed.Message message) {
    var slices = new ArrayList<ByteString>(message.slices().size() + 1);
    slices.add(to);
    slices.addAll(message.slices());
    return new WatchMessage(slices);
  }

  /**
   * That the watch stands.
   *
   * @param startRevision the first revision that may come, of a watch of changes; else 0
   */
  WatchMessage created(ByteString to, boolean stale, long startRevision) {
    var created =
        WatchCreated.newBuilder()
            .setHeader(header())
            .setStale(stale)
            .setStartRevision(startRevision);
    return message(to, WatchResponse.newBuilder().setCreated(created));
  }

  static WatchMessage progress(ByteString to, long revision) {
    return message(
        to,
        WatchResponse.newBuilder().setProgress(WatchProgress.newBuilder().setRevision(revision)));
  }

  static WatchMessage freshness(ByteString to, boolean stale) {
    return message(
        to, WatchResponse.newBuilder().setFreshness(WatchFreshness.newBuilder().setStale(stale)));
  }

  /** That the watch is over, and what to begin anew with. */
  WatchMessage canceled(ByteString to, Farewell farewell) {
    var canceled =
        WatchCanceled.newBuilder()
            .setReason(farewell.reason())
            .setMessage(farewell.message())
            .setCompactRevision(farewell.compactRevision())
            .setHeader(header());
    return message(to, WatchResponse.newBuilder().setCanceled(canceled));
  }

  /**
   * Why a watch is over.
   *
   * @param compactRevision where a new one may start, when this one was too far back; else 0
   */
  record Farewell(ErrorReason reason, String message, long compactRevision) {
    Farewell(ErrorReason reason, String message) {
      this(reason, message, 0);
    }

    static Farewell compacted(long startRevision, long compactRevision) {
      return new Farewell(
          ErrorReason.COMPACTED,
          "the change log begins at revision %d: revision %d is compacted"
              .formatted(compactRevision, startRevision),
          compactRevision);
    }
  }

  private ResponseHeader header() {
    return headers.at(store.status().revision());
  }

  private static WatchMessage message(ByteString to, WatchResponse.Builder response) {
    return new WatchMessage(List.of(to, response.build().toByteString()));
  }
}
