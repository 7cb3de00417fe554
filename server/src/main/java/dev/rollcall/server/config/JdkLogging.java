package dev.rollcall.server.config;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/** Sends what comes by {@code java.util.logging} (gRPC's way) to where everything else goes. */
final class JdkLogging extends Handler {
  private static final SimpleFormatter FORMATTER = new SimpleFormatter();

  private JdkLogging() {}

  /** For the whole process. */
  static void redirect() {
    // Without handlers and with every level at the root's, which is INFO.
    LogManager.getLogManager().reset();
    LogManager.getLogManager().getLogger("").addHandler(new JdkLogging());
  }

  @Override
  public void publish(LogRecord logRecord) {
    String name = logRecord.getLoggerName();
    var logger = LoggerFactory.getLogger(name == null ? "jdk" : name);
    String message = FORMATTER.formatMessage(logRecord);
    int level = logRecord.getLevel().intValue();
    if (level >= Level.SEVERE.intValue()) {
      logger.error(message, logRecord.getThrown());
    } else if (level >= Level.WARNING.intValue()) {
      logger.warn(message, logRecord.getThrown());
    } else {
      logger.debug(message, logRecord.getThrown());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
