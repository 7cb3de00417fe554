package dev.rollcall.server.gateway.http;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.api.CallDeadline;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between Jetty and the facades: reads a request within the limits, asks the facades in turn, and
 * writes the answer. Each request has a virtual thread until its answer is handed over; how long
 * that is on its way is Jetty's matter.
 */
public final class Gateway extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final int READ_BYTES = 8 << 10;

  /**
   * Read, though not kept, of a body over the limit: who still sends when the connection closes
   * does not see the answer.
   */
  private static final long READ_BYTES_MAX = 8 << 20;

  private final List<HttpRoutes> facades;
  private final Clock clock;
  private final HttpLimits limits;
  private final AtomicLong bodiesBytes = new AtomicLong();
  private final AtomicInteger streams = new AtomicInteger();

  /** Over the facades of a node, each of which has paths of its own. */
  public Gateway(List<HttpRoutes> facades, Clock clock, HttpLimits limits) {
    this.facades = List.copyOf(facades);
    this.clock = clock;
    this.limits = limits;
  }

  /** Answers that go on, now. */
  public int streams() {
    return streams.get();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    boolean isHead = HttpMethod.HEAD.is(request.getMethod());
    try (var body = new Body()) {
      HttpAnswer answer = answer(request, body);
      response.setStatus(answer.status());
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      answer.headers().forEach(response.getHeaders()::put);
      if (answer.streamed().isEmpty()) {
        write(answer, isHead, response, callback);
      } else {
        stream(answer.streamed().get(), isHead, response, callback);
      }
    }
    return true;
  }

  private HttpAnswer answer(Request request, Body body) {
    try {
      return route(call(request, body));
    } catch (HttpRefusal refusal) {
      return refusal.answer();
    } catch (InvalidRequest e) {
      return HttpErrors.answer(StatusMapper.refused(e));
    } catch (StatusRuntimeException e) {
      return HttpErrors.answer(e);
    } catch (RuntimeException e) {
      LOG.error("fault while answering {} {}", request.getMethod(), request.getHttpURI(), e);
      return HttpErrors.answer(500, "INTERNAL", "fault of the node, see its log", Map.of());
    }
  }

  private HttpAnswer route(HttpCall call) {
    for (HttpRoutes facade : facades) {
      Optional<HttpAnswer> answer = facade.answer(call);
      if (answer.isPresent()) {
        return answer.get();
      }
    }
    throw new HttpRefusal(404, "NO_SUCH_PATH", "nothing is served at this path: " + call);
  }

  private HttpCall call(Request request, Body body) {
    String method = request.getMethod();
    var call =
        HttpCall.of(
            HttpMethod.HEAD.is(method) ? HttpMethod.GET.asString() : method,
            Objects.requireNonNullElse(request.getHttpURI().getPathQuery(), ""),
            CallDeadline.nanos(clock));
    var headers = new HashMap<String, String>();
    for (HttpField field : request.getHeaders()) {
      headers.merge(
          field.getLowerCaseName(), field.getValue(), (first, next) -> first + ", " + next);
    }
    call = call.withHeaders(headers);
    return hasBody(request) ? call.withBody(body.read(request, call.deadlineNanos())) : call;
  }

  /** As HTTP/1.1 says it: most requests have none, and no buffer is made for them. */
  private static boolean hasBody(Request request) {
    return request.getHeaders().contains(HttpHeader.CONTENT_LENGTH)
        || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
  }

  private static void write(
      HttpAnswer answer, boolean isHead, Response response, Callback callback) {
    byte[] content = answer.body();
    boolean hasBody = answer.status() != 204 && answer.status() != 304;
    if (hasBody) {
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
    }
    ByteBuffer sent = hasBody && !isHead ? ByteBuffer.wrap(content) : null;
    response.write(true, sent, callback);
  }

  private void stream(
      HttpAnswer.Streamed streamed, boolean isHead, Response response, Callback callback) {
    Optional<Exception> failure = Optional.empty();
    boolean isRoom = isHead || streams.incrementAndGet() <= limits.streamsMax();
    try (streamed) {
      if (isRoom && !isHead) {
        OutputStream out = Content.Sink.asOutputStream(response);
        streamed.writeTo(out);
        out.flush();
      }
    } catch (IOException e) {
      failure = Optional.of(e); // the caller has gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = Optional.of(e);
    } catch (RuntimeException e) {
      LOG.error("fault in a stream", e);
      failure = Optional.of(e);
    } finally {
      if (!isHead) {
        streams.decrementAndGet();
      }
    }
    // Only now, so that who hears of the end finds room for the next.
    if (failure.isPresent()) {
      callback.failed(failure.get());
    } else if (isRoom) {
      response.write(true, null, callback);
    } else {
      refuse("this node has as many open streams as it takes", response, callback);
    }
  }

  private static void refuse(String message, Response response, Callback callback) {
    HttpAnswer answer = HttpErrors.answer(StatusMapper.status(ErrorReason.OVERLOADED, message));
    response.setStatus(answer.status());
    answer.headers().forEach(response.getHeaders()::put);
    write(answer, false, response, callback);
  }

  /** The body of one request, which counts as long as it is in memory. */
  private final class Body implements AutoCloseable {
    private int counted;

    byte[] read(Request request, long deadlineNanos) {
      String coding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
      if (coding != null && !coding.equalsIgnoreCase("identity")) {
        throw new HttpRefusal(415, "UNSUPPORTED_CODING", "bodies are not to be compressed");
      }
      boolean isKept = request.getLength() <= limits.bodyBytesMax();
      var kept = new ByteArrayOutputStream();
      long bytes = 0;
      try (InputStream in = Content.Source.asInputStream(request)) {
        byte[] piece = new byte[READ_BYTES];
        for (int n = in.read(piece); n >= 0 && bytes <= READ_BYTES_MAX; n = in.read(piece)) {
          bytes += n;
          isKept &= bytes <= limits.bodyBytesMax();
          if (isKept) {
            count(n);
            kept.write(piece, 0, n);
          }
          // What comes byte by byte may not take for ever.
          if (deadlineNanos - clock.nanoTime() < 0) {
            throw new HttpRefusal(408, "REQUEST_TOO_SLOW", "the body took too long to arrive");
          }
        }
      } catch (IOException e) {
        throw HttpRefusal.invalid("the body ended early, or came too slowly");
      }
      if (!isKept) {
        throw tooLarge();
      }
      return kept.toByteArray();
    }

    private void count(int bytes) {
      counted += bytes;
      if (bodiesBytes.addAndGet(bytes) > limits.bodiesBytesMax()) {
        throw new HttpRefusal(
            HttpErrors.answer(
                StatusMapper.status(
                    ErrorReason.OVERLOADED, "too many request bodies are being read here")));
      }
    }

    private HttpRefusal tooLarge() {
      return new HttpRefusal(
          HttpErrors.answer(
              StatusMapper.status(
                  ErrorReason.REQUEST_TOO_LARGE,
                  "a request has at most " + limits.bodyBytesMax() + " bytes")));
    }

    @Override
    public void close() {
      bodiesBytes.addAndGet(-counted);
    }
  }
}
