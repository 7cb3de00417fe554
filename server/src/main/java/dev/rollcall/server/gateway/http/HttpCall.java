package dev.rollcall.server.gateway.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A request as facades see it: parsed, decoded, its body read. A {@code HEAD} looks like the {@code
 * GET} whose answer it wants the head of. Immutable.
 */
public final class HttpCall {
  private static final Pattern WORTH_NOTHING =
      Pattern.compile("q=0(\\.0*)?", Pattern.CASE_INSENSITIVE);

  private final String method;
  private final HttpTarget target;
  private final Map<String, String> headers;
  private final byte[] body;
  private final long deadlineNanos;

  private HttpCall(
      String method,
      HttpTarget target,
      Map<String, String> headers,
      byte[] body,
      long deadlineNanos) {
    this.method = method;
    this.target = target;
    this.headers = headers;
    this.body = body;
    this.deadlineNanos = deadlineNanos;
  }

  /**
   * A call without headers and body.
   *
   * @param target path and query as they come in a request line
   * @param deadlineNanos on the node's clock
   * @throws HttpRefusal when the target is malformed
   */
  public static HttpCall of(String method, String target, long deadlineNanos) {
    return new HttpCall(method, HttpTarget.parse(target), Map.of(), new byte[0], deadlineNanos);
  }

  /** The same with a header more; one that is there already is continued, as HTTP has it. */
  public HttpCall withHeader(String name, String value) {
    var more = new LinkedHashMap<>(headers);
    more.merge(name.toLowerCase(Locale.ROOT), value, (first, next) -> first + ", " + next);
    return withHeaders(more);
  }

  /** The same with these headers, by their names in lower case, which must not change any more. */
  HttpCall withHeaders(Map<String, String> all) {
    return new HttpCall(method, target, all, body, deadlineNanos);
  }

  /** The same with a body, which must not change any more. */
  public HttpCall withBody(byte[] content) {
    return new HttpCall(method, target, headers, content, deadlineNanos);
  }

  /** The same, to be answered by then if that is earlier. */
  public HttpCall within(long otherDeadlineNanos) {
    boolean isEarlier = otherDeadlineNanos - deadlineNanos < 0;
    return isEarlier ? new HttpCall(method, target, headers, body, otherDeadlineNanos) : this;
  }

  /** In upper case. */
  public String method() {
    return method;
  }

  /**
   * Segments of the path, decoded: {@code /a/b%2Fc} is {@code [a, b/c]}. Slashes at the end are
   * ignored.
   */
  public List<String> path() {
    return target.path();
  }

  /** The first value of a parameter, decoded; empty text for one without a value. */
  public Optional<String> query(String name) {
    return queries(name).stream().findFirst();
  }

  /** All values of a parameter, in order. */
  public List<String> queries(String name) {
    return target.queries().getOrDefault(name, List.of());
  }

  /** All parameters in the order in which their names first come. */
  public Map<String, List<String>> queries() {
    return target.queries();
  }

  /** A header, whatever the case of its name. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /** Whether the answer may be sent with {@code Content-Encoding: gzip}. */
  public boolean acceptsGzip() {
    return header("Accept-Encoding").map(HttpCall::namesGzip).orElse(false);
  }

  /** The body; empty when there is none. Must not be changed. At most {@link HttpLimits} says. */
  public byte[] body() {
    return body;
  }

  /** When the answer must be there, on the node's clock. */
  public long deadlineNanos() {
    return deadlineNanos;
  }

  /** Method and path, for messages: {@code GET /a/b}. */
  @Override
  public String toString() {
    return method + " /" + String.join("/", path());
  }

  private static boolean namesGzip(String accepted) {
    for (String coding : accepted.split(",", -1)) {
      int semicolon = coding.indexOf(';');
      String name = (semicolon < 0 ? coding : coding.substring(0, semicolon)).strip();
      if (name.equalsIgnoreCase("gzip") || name.equals("*")) {
        return semicolon < 0
            || !WORTH_NOTHING.matcher(coding.substring(semicolon + 1).strip()).matches();
      }
    }
    return false;
  }
}
