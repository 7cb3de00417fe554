package dev.rollcall.server.api;

import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.HostPort;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.StartFailure;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says why a port could not be bound. */
public final class BindFailure {
  private BindFailure() {}

  /** In use by another process, or not an address of this machine that we may bind. */
  public static StartFailure of(Setting setting, HostPort bind, Throwable failure) {
    String reason = "";
    for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
      reason = String.valueOf(at.getMessage());
      // Neither Netty's native transport nor the JDK says it other than in words.
      if (reason.toLowerCase(Locale.ROOT).contains("address already in use")) {
        return new StartFailure(
            ExitCode.ADDRESS_IN_USE,
            setting.key() + " " + bind + " is in use by another process",
            "stop that one or choose another port",
            failure);
      }
    }
    return new StartFailure(
        ExitCode.USAGE,
        setting.key() + " " + bind + " cannot be bound: " + reason,
        "give an address and port of this machine that this user may bind",
        failure);
  }
}
