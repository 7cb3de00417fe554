package dev.rollcall.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.replication.Result.Done;
import dev.rollcall.server.replication.Result.Failed;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hears one result, and fails when it is told twice. */
final class Heard<T> implements Consumer<Result<T>> {
  private @Nullable Result<T> result;

  @Override
  public void accept(Result<T> told) {
    assertThat(result).as("told before").isNull();
    result = told;
  }

  boolean isGiven() {
    return result != null;
  }

  T value() {
    assertThat(result).isInstanceOf(Done.class);
    return ((Done<T>) result()).value();
  }

  Failure failure() {
    return failed().failure();
  }

  String message() {
    return failed().message();
  }

  private Failed<T> failed() {
    assertThat(result).isInstanceOf(Failed.class);
    return (Failed<T>) result();
  }

  Result<T> result() {
    var told = result;
    if (told == null) {
      throw new AssertionError("nothing heard");
    }
    return told;
  }
}
