package dev.rollcall.server;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

/**
 * Hears SIGTERM and SIGINT. A shutdown hook would do for the first signal, but it cannot set the
 * exit code, and hears no second one. Through reflection, because the compiler's warning about
 * {@code sun.misc} cannot be turned off.
 */
final class Signals {
  private static final List<String> NAMES = List.of("TERM", "INT");

  private Signals() {}

  /** Calls the handler with the signal's name, on a new thread each time. */
  static void handle(Consumer<String> handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      for (String name : NAMES) {
        Object proxy =
            Proxy.newProxyInstance(
                handlerType.getClassLoader(),
                new Class<?>[] {handlerType},
                (self, method, arguments) -> {
                  // Not on the JVM's own thread for signals: the process would end under it with
                  // the last of the node's threads.
                  Thread.ofPlatform()
                      .name("signal")
                      .daemon(false)
                      .start(() -> handler.accept("SIG" + name));
                  return null;
                });
        signal
            .getMethod("handle", signal, handlerType)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM hears no signals", e);
    }
  }
}
