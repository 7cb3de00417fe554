package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * Refuses requests while there are more connections than the node takes, and closes theirs: who
 * comes too late reads a line instead of waiting for nothing. Pages are for operators and always
 * answered.
 */
final class Crowd extends Handler.Wrapper {
  private final ServerConnector connector;
  private final int connectionsMax;

  Crowd(Handler inside, ServerConnector connector, int connectionsMax) {
    super(inside);
    this.connector = connector;
    this.connectionsMax = connectionsMax;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    boolean isCrowded = connector.getConnectedEndPoints().size() > connectionsMax;
    if (!isCrowded || Pages.isPage(request)) {
      return super.handle(request, response, callback);
    }
    response.setStatus(503);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Pages.PLAIN);
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
    String line = "this node has as many connections as it takes; use another\n";
    response.write(true, ByteBuffer.wrap(line.getBytes(UTF_8)), callback);
    return true;
  }
}
