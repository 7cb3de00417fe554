package dev.rollcall.client.transport;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What this client does with futures. */
public final class Futures {
  private Futures() {}

  /** Calls the action when the future is done; the action throws nothing. */
  @SuppressWarnings("FutureReturnValueIgnored") // it would only tell that the action was called
  public static <T> void whenDone(
      CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> action) {
    future.whenComplete(action);
  }

  /** Completes one future as another one was. */
  public static <T> void forward(CompletableFuture<T> from, CompletableFuture<T> to) {
    whenDone(
        from,
        (value, failure) -> {
          if (failure == null) {
            to.complete(value);
          } else {
            to.completeExceptionally(failure);
          }
        });
  }

  /** The same, but completing on an executor: for code of users. */
  public static <T> CompletableFuture<T> shownOn(Executor executor, CompletableFuture<T> future) {
    var shown = new CompletableFuture<T>();
    whenDone(
        future,
        (value, failure) ->
            executor.execute(() -> {
              if (failure == null) {
                shown.complete(value);
              } else {
                shown.completeExceptionally(failure);
              }
            }));
    return shown;
  }
}
