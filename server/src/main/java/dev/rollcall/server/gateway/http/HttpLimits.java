package dev.rollcall.server.gateway.http;

/**
 * What one node takes over HTTP.
 *
 * @param bodyBytesMax of one request; more is answered 413
 * @param bodiesBytesMax of all requests that are being read or worked on; more is answered 503
 * @param streamsMax answers that go on, such as watches; one more is answered 503
 */
public record HttpLimits(int bodyBytesMax, long bodiesBytesMax, int streamsMax) {
  /** The limits of a node. */
  public static final HttpLimits DEFAULT = new HttpLimits(3 << 19, 64 << 20, 4_096);

  public HttpLimits {
    if (bodyBytesMax <= 0 || bodiesBytesMax < bodyBytesMax || streamsMax <= 0) {
      throw new IllegalArgumentException("limits must be positive and fit together");
    }
  }
}
