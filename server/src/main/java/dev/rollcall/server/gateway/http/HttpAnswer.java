package dev.rollcall.server.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What is answered to an {@link HttpCall}: a status, headers, and a body of one of two forms. */
public final class HttpAnswer {
  /** Content type of one line for people. */
  public static final String PLAIN = "text/plain; charset=utf-8";

  /** Content type of JSON, which is UTF-8 by definition. */
  public static final String JSON = "application/json";

  private static final String CONTENT_TYPE = "Content-Type";

  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;
  private final Optional<Streamed> stream;

  /** A body that is written as it comes about, for as long as the caller listens. */
  public interface Streamed extends AutoCloseable {
    /**
     * Writes until there is nothing more to say. What is written is sent at the next flush; both
     * wait while the caller is slow. Runs on the call's virtual thread. Leaves the stream open.
     *
     * @throws IOException from the stream, when the caller has gone
     * @throws InterruptedException when the thread is told to end
     */
    void writeTo(OutputStream out) throws IOException, InterruptedException;

    /** Called in the end, also when nothing was asked to be written. */
    @Override
    default void close() {}
  }

  private HttpAnswer(
      int status, Map<String, String> headers, byte[] body, Optional<Streamed> stream) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.stream = stream;
  }

  /**
   * An answer that is there already.
   *
   * @param body shared, not copied: it must not change any more
   */
  public static HttpAnswer of(int status, String contentType, byte[] body) {
    return new HttpAnswer(status, Map.of(CONTENT_TYPE, contentType), body, Optional.empty());
  }

  /** As the other one, in UTF-8. */
  public static HttpAnswer of(int status, String contentType, String body) {
    return of(status, contentType, body.getBytes(UTF_8));
  }

  /** An answer without a body and its type. */
  public static HttpAnswer empty(int status) {
    return new HttpAnswer(status, Map.of(), new byte[0], Optional.empty());
  }

  /** An answer of status 200 that goes on. */
  public static HttpAnswer stream(String contentType, Streamed stream) {
    return new HttpAnswer(200, Map.of(CONTENT_TYPE, contentType), new byte[0], Optional.of(stream));
  }

  /** The same with a header more, or another value of it. */
  public HttpAnswer with(String header, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new HttpAnswer(status, more, body, stream);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** Headers by name, in the order to be sent; {@code Content-Type} among them. */
  public Map<String, String> headers() {
    return headers;
  }

  /** The body, which must not be changed; empty for one that streams. */
  public byte[] body() {
    return body;
  }

  /** The body as text, for errors and tests. */
  public String text() {
    return new String(body, UTF_8);
  }

  /** What writes the body, if it streams. */
  Optional<Streamed> streamed() {
    return stream;
  }
}
