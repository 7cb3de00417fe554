package dev.rollcall.server.gateway.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.gateway.http.HttpAnswer;
import dev.rollcall.server.gateway.http.HttpCall;
import dev.rollcall.server.gateway.http.HttpErrors;
import dev.rollcall.server.gateway.http.HttpRefusal;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.WatchCanceled;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchResponse;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Watches as server-sent events: each message of a watch is an event of its name, with the message
 * as JSON. An event after which a watch may go on elsewhere has an id, which names the revision and
 * its history; a browser sends the last one by itself when it connects again.
 *
 * <p>A watch that is refused is an HTTP error, which ends a browser's attempts. One that ends later
 * ends with the event {@code canceled}; when the node stops, without.
 */
final class WatchEvents {
  /** What a watch may be asked for. */
  static final Set<String> PARAMETERS =
      Set.of(
          "namespace",
          "service",
          "scope",
          "mode",
          "instance_id",
          "key",
          "filter",
          "previous_values",
          "last_event_id");

  /** A third of what proxies and Jetty itself wait for something to be said. */
  private static final long SILENCE_SECONDS_MAX = 10;

  private static final byte[] NOTHING_NEW = ":\n\n".getBytes(UTF_8);
  private static final byte[] RETRY = "retry: 1000\n\n".getBytes(UTF_8);

  private final Channel services;

  WatchEvents(Channel services) {
    this.services = services;
  }

  HttpAnswer open(HttpCall call) {
    var request = CreateWatch.newBuilder().setWatchId(1);
    for (String name : PARAMETERS) {
      if (!name.equals("last_event_id")) {
        call.query(name).ifPresent(value -> ProtoJson.set(request, name, value));
      }
    }
    call.header("Last-Event-ID")
        .or(() -> call.query("last_event_id"))
        .filter(id -> !id.isEmpty())
        .ifPresent(id -> EventId.parse(id).resume(request));
    var stream = DiscoveryGrpc.newBlockingV2Stub(services).watch();
    try {
      stream.write(WatchRequest.newBuilder().setCreate(request).build());
      WatchResponse first = Objects.requireNonNull(stream.read(), "a watch says what became of it");
      if (first.hasCanceled()) {
        stream.halfClose();
        throw refused(first.getCanceled());
      }
      return HttpAnswer.stream("text/event-stream", new Events(stream, first));
    } catch (StatusException e) {
      throw new StatusRuntimeException(e.getStatus(), e.getTrailers());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StatusMapper.status(ErrorReason.NOT_READY, "the node is stopping; use another");
    }
  }

  private static HttpRefusal refused(WatchCanceled canceled) {
    Map<String, String> metadata =
        canceled.getReason() == ErrorReason.COMPACTED
            ? Map.of("compact_revision", Long.toString(canceled.getCompactRevision()))
            : Map.of();
    return new HttpRefusal(
        HttpErrors.answer(
            HttpErrors.status(canceled.getReason()),
            canceled.getReason().name(),
            canceled.getMessage(),
            metadata));
  }

  /** One watch while it lasts. */
  private static final class Events implements HttpAnswer.Streamed {
    private final BlockingClientCall<WatchRequest, WatchResponse> stream;
    private final WatchResponse first;
    private final ByteString historyId;

    /** The highest heard of; parts of a snapshot of many services may be newer than its end. */
    private long revision;

    Events(BlockingClientCall<WatchRequest, WatchResponse> stream, WatchResponse first) {
      this.stream = stream;
      this.first = first;
      historyId = first.getCreated().getHeader().getHistoryId();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException, InterruptedException {
      out.write(RETRY);
      write(first, out);
      boolean isOver = false;
      while (!isOver) {
        try {
          @Nullable WatchResponse response = stream.read(SILENCE_SECONDS_MAX, TimeUnit.SECONDS);
          isOver = response == null || response.hasCanceled();
          if (response != null) {
            write(response, out);
          }
        } catch (TimeoutException e) {
          out.write(NOTHING_NEW);
          out.flush();
        } catch (StatusException e) {
          // The node stops: the stream ends, and the client goes elsewhere.
          isOver = true;
        }
      }
    }

    @Override
    public void close() {
      stream.cancel("the HTTP stream is over", null);
    }

    private void write(WatchResponse response, OutputStream out) throws IOException {
      var name = response.getResponseCase().name().toLowerCase(Locale.ROOT);
      var event = new StringBuilder();
      if (isComplete(response)) {
        event.append("id: ").append(new EventId(historyId, revision).text()).append('\n');
      }
      var message = response.getField(response.getDescriptorForType().findFieldByName(name));
      event.append("event: ").append(name).append('\n');
      event.append("data: ").append(ProtoJson.print((Message) message)).append("\n\n");
      out.write(event.toString().getBytes(UTF_8));
      out.flush();
    }

    /** Whether the watch may go on elsewhere after this. */
    private boolean isComplete(WatchResponse response) {
      return switch (response.getResponseCase()) {
        case CREATED -> {
          // Of changes, all before the first to be delivered count as delivered.
          revision = Math.max(0, response.getCreated().getStartRevision() - 1);
          yield response.getCreated().getStartRevision() > 0;
        }
        case SNAPSHOT -> {
          moveTo(response.getSnapshot().getRevision());
          yield response.getSnapshot().getLast();
        }
        case DELTAS -> {
          response.getDeltas().getDeltasList().forEach(delta -> moveTo(delta.getRevision()));
          yield !response.getDeltas().getDeltasList().getLast().getMore();
        }
        case CHANGES -> {
          response.getChanges().getRevisionsList().forEach(each -> moveTo(each.getRevision()));
          yield !response.getChanges().getRevisionsList().getLast().getMore();
        }
        case PROGRESS -> {
          moveTo(response.getProgress().getRevision());
          yield true;
        }
        case FRESHNESS, CANCELED, RESPONSE_NOT_SET -> false;
      };
    }

    private void moveTo(long delivered) {
      revision = Math.max(revision, delivered);
    }
  }
}
