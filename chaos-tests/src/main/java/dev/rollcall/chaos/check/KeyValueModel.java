package dev.rollcall.chaos.check;

import java.util.Optional;

/** Strings under keys, each empty at first; every key is a part of its own. */
final class KeyValueModel implements Model<String, KeyValueModel.Ask, String> {
  /** What is asked of a key. The answer to a get is the value, to the others the empty string. */
  sealed interface Ask {
    /** Whose value it is about. */
    String key();

    /** What is its value? */
    record Get(String key) implements Ask {}

    /** Let this be its value. */
    record Put(String key, String value) implements Ask {}

    /** Let its value go on with this. */
    record Append(String key, String value) implements Ask {}
  }

  @Override
  public String part(Ask input) {
    return input.key();
  }

  @Override
  public String initial() {
    return "";
  }

  @Override
  public Optional<String> step(String state, Ask input, Optional<String> output) {
    return switch (input) {
      case Ask.Get get ->
          output.isEmpty() || output.get().equals(state) ? Optional.of(state) : Optional.empty();
      case Ask.Put put -> Optional.of(put.value());
      case Ask.Append append -> Optional.of(state + append.value());
    };
  }
}
