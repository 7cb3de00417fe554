package dev.rollcall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import dev.rollcall.client.cache.CacheState;
import dev.rollcall.client.cache.CacheView;
import dev.rollcall.client.cache.ServiceCache;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.concurrent.Semaphore;

/**
 * Runs a program with the service on its input, once at the start and whenever the service has
 * changed. One run at a time; what changes meanwhile is joined into the next. A set that is empty
 * only because the registry is out of reach is never given to it.
 */
final class ExecOnChange {
  private final String command;
  private final ServiceCache cache;
  private final String namespace;
  private final PrintWriter err;

  /** At most one permit: whether something changed since the last run began. */
  private final Semaphore changed = new Semaphore(0);

  ExecOnChange(String command, ServiceCache cache, String namespace, PrintWriter err) {
    this.command = command;
    this.cache = cache;
    this.namespace = namespace;
    this.err = err;
  }

  /** Until the process is stopped. */
  void run() throws InterruptedException {
    cache.addListener(change -> changed.release());
    cache.onStateChange(state -> changed.release());
    long shownRevision = -1;
    while (true) {
      CacheView view = cache.view();
      if (isFit(view) && view.revision() != shownRevision) {
        shownRevision = view.revision();
        exec(view);
      }
      changed.acquire();
      changed.drainPermits();
    }
  }

  private static boolean isFit(CacheView view) {
    return switch (view.state()) {
      case CacheState.Empty empty -> false;
      case CacheState.Degraded degraded -> !view.instances().isEmpty();
      case CacheState.Live live -> true;
    };
  }

  private void exec(CacheView view) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("/bin/sh", "-c", command)
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (OutputStream input = process.getOutputStream()) {
        input.write((Json.text(json(view)) + "\n").getBytes(UTF_8));
      } catch (IOException e) {
        // A program need not read what it is given.
      }
      int code = process.waitFor();
      if (code != 0) {
        err.println("registryctl: the program ended with " + code);
      }
    } catch (IOException e) {
      err.println("registryctl: cannot run the program: " + e.getMessage());
    }
    err.flush();
  }

  private JsonObject json(CacheView view) {
    var json = new JsonObject();
    json.addProperty("namespace", namespace);
    json.addProperty("service", cache.service());
    json.addProperty("revision", view.revision());
    json.addProperty("serviceRevision", view.serviceRevision());
    json.addProperty("lagMillis", 0);
    json.addProperty("oneRevision", true);
    json.add("spec", view.spec().map(Json::spec).orElse(null));
    json.add("instances", Json.array(view.instances(), Json::instance));
    return json;
  }
}
