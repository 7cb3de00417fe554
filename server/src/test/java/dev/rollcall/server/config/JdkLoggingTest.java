package dev.rollcall.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** What other libraries log becomes lines of ours. */
class JdkLoggingTest {
  /** Each line as the method called and what it was given. */
  private final List<String> lines = new ArrayList<>();

  private final Logger logger =
      (Logger)
          Proxy.newProxyInstance(
              Logger.class.getClassLoader(),
              new Class<?>[] {Logger.class},
              (proxy, method, arguments) -> {
                lines.add(method.getName() + " " + Arrays.deepToString(arguments));
                return null;
              });

  @Test
  void aWarningAboutAStatusIsOneLine() {
    publish(
        Level.WARNING, Status.RESOURCE_EXHAUSTED.withDescription("too big").asRuntimeException());

    assertThat(lines).containsExactly("warn [{}: {}, said, RESOURCE_EXHAUSTED: too big]");
  }

  @Test
  void anyOtherFailureKeepsItsStackTrace() {
    publish(Level.WARNING, new IllegalStateException("broken"));
    publish(Level.SEVERE, Status.INTERNAL.asRuntimeException());

    assertThat(lines)
        .containsExactly(
            "warn [said, java.lang.IllegalStateException: broken]",
            "error [said, io.grpc.StatusRuntimeException: INTERNAL]");
  }

  private void publish(Level level, Throwable thrown) {
    var line = new LogRecord(level, "said");
    line.setLoggerName("any");
    line.setThrown(thrown);
    new JdkLogging(name -> logger).publish(line);
  }
}
