package dev.rollcall.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.changes.Change;
import dev.rollcall.client.changes.ChangeGap;
import dev.rollcall.client.changes.ChangeListener;
import dev.rollcall.client.changes.RevisionChanges;
import java.io.PrintWriter;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Prints changes, one a line, until the feed is over. */
final class ChangePrinter implements ChangeListener {
  private final boolean isJson;
  private final PrintWriter out;
  private final PrintWriter err;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile ExitCode code = ExitCode.OK;

  ChangePrinter(CommandSpec command, boolean isJson) {
    this.isJson = isJson;
    this.out = command.commandLine().getOut();
    this.err = command.commandLine().getErr();
  }

  /** Waits until the feed is over, and says how it ended. */
  ExitCode awaitEnd() throws InterruptedException {
    over.await();
    return code;
  }

  @Override
  public void changed(RevisionChanges changes) {
    int left = changes.changes().size();
    for (Change change : changes.changes()) {
      left--;
      out.println(
          isJson ? Json.text(json(changes, change, left > 0)) : text(changes.revision(), change));
    }
    out.flush();
  }

  private static String text(long revision, Change change) {
    return "%-12s %s  (revision %d)".formatted(event(change), subject(change), revision);
  }

  private static String event(Change change) {
    return switch (change) {
      case Change.InstancePut put -> "put";
      case Change.InstanceRemoved removed -> "removed";
      case Change.SpecPut put -> "spec-put";
      case Change.SpecRemoved removed -> "spec-removed";
      case Change.KeyPut put -> "key-put";
      case Change.KeyDeleted deleted -> "key-deleted";
    };
  }

  private static String subject(Change change) {
    return switch (change) {
      case Change.InstancePut put -> instance(put.instance());
      case Change.InstanceRemoved removed ->
          "%s/%s  %s".formatted(removed.service(), removed.id(), removed.cause());
      case Change.SpecPut put -> put.spec().service();
      case Change.SpecRemoved removed -> removed.service();
      case Change.KeyPut put -> put.entry().key() + "  " + put.entry().value().text();
      case Change.KeyDeleted deleted -> deleted.key() + "  " + deleted.cause();
    };
  }

  private static String instance(ServiceInstance instance) {
    return "%s/%s  %s  %s"
        .formatted(instance.service(), instance.id(), instance.status(), Table.endpoints(instance));
  }

  private static JsonObject json(RevisionChanges changes, Change change, boolean hasMore) {
    var json = new JsonObject();
    json.addProperty("event", event(change));
    json.addProperty("revision", changes.revision());
    json.addProperty("timeMillis", changes.time().toEpochMilli());
    json.addProperty("more", hasMore);
    switch (change) {
      case Change.InstancePut put -> {
        json.add("instance", Json.instance(put.instance()));
        add(json, put.previous().map(Json::instance).orElse(null));
      }
      case Change.InstanceRemoved removed -> {
        json.addProperty("namespace", removed.namespace());
        json.addProperty("service", removed.service());
        json.addProperty("id", removed.id());
        json.addProperty("incarnation", removed.incarnation());
        json.addProperty("cause", removed.cause().name());
        add(json, removed.previous().map(Json::instance).orElse(null));
      }
      case Change.SpecPut put -> {
        json.add("spec", Json.spec(put.spec()));
        add(json, put.previous().map(Json::spec).orElse(null));
      }
      case Change.SpecRemoved removed -> {
        json.addProperty("namespace", removed.namespace());
        json.addProperty("service", removed.service());
        add(json, removed.previous().map(Json::spec).orElse(null));
      }
      case Change.KeyPut put -> {
        json.add("key", KeyJson.entry(put.entry()));
        add(json, put.previous().map(KeyJson::entry).orElse(null));
      }
      case Change.KeyDeleted deleted -> {
        json.addProperty("key", deleted.key());
        json.addProperty("cause", deleted.cause().name());
        add(json, deleted.previous().map(KeyJson::entry).orElse(null));
      }
    }
    return json;
  }

  private static void add(JsonObject json, @Nullable JsonElement previous) {
    if (previous != null) {
      json.add("previous", previous);
    }
  }

  @Override
  public void live() {
    err.println("registryctl: up to date");
  }

  @Override
  public void degraded(String cause) {
    err.println("registryctl: no changes come at present: " + cause);
  }

  @Override
  public OptionalLong gap(ChangeGap gap) {
    String what =
        switch (gap.kind()) {
          case COMPACTED ->
              "COMPACTED: changes from revision %d on are not kept any more; the first that is: %d"
                  .formatted(gap.wantedRevision(), gap.resumeRevision());
          case HISTORY_CHANGED ->
              "HISTORY_CHANGED: the registry was restored, revision %d is of another history"
                  .formatted(gap.wantedRevision());
        };
    err.println("registryctl: %s; it is at %d".formatted(what, gap.registryRevision()));
    code = ExitCode.COMPACTED;
    return OptionalLong.empty();
  }

  @Override
  public void ended(RegistryException cause) {
    if (code == ExitCode.OK) {
      err.println("registryctl: " + cause.getMessage());
      code = ExitCode.of(cause);
    }
    over.countDown();
  }
}
