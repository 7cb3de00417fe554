package dev.rollcall.server.config;

import dev.rollcall.server.config.ServerConfig.Output;
import java.util.Locale;
import java.util.Map;

/** What the process is given and gives to itself: the one place that touches either. */
public final class Environment {
  private Environment() {}

  /** The variables of the process. */
  public static Map<String, String> variables() {
    return System.getenv();
  }

  /**
   * Tells the logging back end, which reads it when the first logger is made, and sends what
   * libraries say through the JDK's logging the same way.
   */
  public static void applyOutput(Output output) {
    System.setProperty("rollcall.log.level", output.level().name());
    System.setProperty("rollcall.log.format", output.format().name().toLowerCase(Locale.ROOT));
    JdkLogging.redirect();
  }
}
