package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What Jetty itself refuses (no HTTP, headers too long) is answered in one line, not in HTML. */
final class ErrorLines extends ErrorHandler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Pages.PLAIN);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    Object message = request.getAttribute(ERROR_MESSAGE);
    response.write(true, line(response.getStatus(), (String) message), callback);
    return true;
  }

  private static ByteBuffer line(int status, @Nullable String message) {
    String meaning = HttpStatus.getMessage(status);
    boolean saysMore = message != null && !message.isEmpty() && !message.equals(meaning);
    String text = status + " " + meaning + (saysMore ? ": " + message : "");
    return ByteBuffer.wrap((text.lines().findFirst().orElse(meaning) + "\n").getBytes(UTF_8));
  }
}
