package dev.rollcall.server.config;

import io.grpc.StatusRuntimeException;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what comes by {@code java.util.logging} (gRPC's way) to where everything else goes. A
 * warning about a status is about what somebody sent, not about this process: it becomes one line,
 * without the stack trace that a stranger could make as many of as he likes.
 */
final class JdkLogging extends Handler {
  private static final SimpleFormatter FORMATTER = new SimpleFormatter();

  private final Function<String, Logger> loggers;

  /** Lets the tests listen. */
  JdkLogging(Function<String, Logger> loggers) {
    this.loggers = loggers;
  }

  /** For the whole process. */
  static void redirect() {
    // Without handlers and with every level at the root's, which is INFO.
    LogManager.getLogManager().reset();
    LogManager.getLogManager().getLogger("").addHandler(new JdkLogging(LoggerFactory::getLogger));
  }

  @Override
  public void publish(LogRecord logRecord) {
    String name = logRecord.getLoggerName();
    Logger logger = loggers.apply(name == null ? "jdk" : name);
    String message = FORMATTER.formatMessage(logRecord);
    int level = logRecord.getLevel().intValue();
    if (level >= Level.SEVERE.intValue()) {
      logger.error(message, logRecord.getThrown());
    } else if (level >= Level.WARNING.intValue()) {
      warn(logger, message, logRecord.getThrown());
    } else {
      logger.debug(message, logRecord.getThrown());
    }
  }

  private static void warn(Logger logger, String message, @Nullable Throwable thrown) {
    if (thrown instanceof StatusRuntimeException status) {
      logger.warn("{}: {}", message, status.getMessage());
    } else {
      logger.warn(message, thrown);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
