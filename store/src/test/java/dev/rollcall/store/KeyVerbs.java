package dev.rollcall.store;

import com.google.protobuf.ByteString;
import dev.rollcall.store.kv.Compare;
import dev.rollcall.store.kv.Compare.Target;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyOperation;
import dev.rollcall.store.kv.KeyPage;
import dev.rollcall.store.kv.KeyResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What a {@link Story} tells of keys. A key that ends with a star is a prefix. A transaction reads
 * {@code transact k.mod/=/3 k.value/=/v then put:k:w:7 get:k else range:k* delete:k}.
 */
final class KeyVerbs {
  private KeyVerbs() {}

  static Command command(String verb, List<String> words, Map<String, String> options) {
    var expected =
        options.containsKey("expect")
            ? OptionalLong.of(Long.parseLong(options.getOrDefault("expect", "")))
            : OptionalLong.empty();
    return switch (verb) {
      case "put" ->
          new Command.PutKey(
              options.getOrDefault("namespace", ""),
              words.get(0),
              ByteString.copyFromUtf8(words.get(1)),
              Long.parseLong(options.getOrDefault("lease", "0")),
              expected);
      case "delete" -> {
        String key = words.getFirst();
        yield key.endsWith("*")
            ? new Command.DeleteKeys("", key.substring(0, key.length() - 1), true, expected)
            : new Command.DeleteKeys("", key, false, expected);
      }
      default -> transaction(words);
    };
  }

  private static Command transaction(List<String> words) {
    var compares = new ArrayList<Compare>();
    var success = new ArrayList<KeyOperation>();
    var failure = new ArrayList<KeyOperation>();
    int then = words.indexOf("then");
    int otherwise = words.contains("else") ? words.indexOf("else") : words.size();
    words.subList(0, then).forEach(word -> compares.add(compare(word)));
    words.subList(then + 1, otherwise).forEach(word -> success.add(operation(word)));
    words
        .subList(Math.min(otherwise + 1, words.size()), words.size())
        .forEach(word -> failure.add(operation(word)));
    return new Command.Transact("", compares, success, failure);
  }

  private static Compare compare(String word) {
    var parts = List.of(word.split("[./]", -1));
    var result =
        switch (parts.get(2)) {
          case "=" -> Compare.Result.EQUAL;
          case "!" -> Compare.Result.NOT_EQUAL;
          case "<" -> Compare.Result.LESS;
          default -> Compare.Result.GREATER;
        };
    Target target =
        switch (parts.get(1)) {
          case "mod" -> number(Compare.Of.MOD_REVISION, parts.get(3));
          case "made" -> number(Compare.Of.CREATE_REVISION, parts.get(3));
          case "version" -> number(Compare.Of.VERSION, parts.get(3));
          case "lease" -> number(Compare.Of.LEASE_ID, parts.get(3));
          default -> new Target.Value(ByteString.copyFromUtf8(parts.get(3)));
        };
    return new Compare(parts.get(0), result, target);
  }

  private static Target number(Compare.Of of, String value) {
    return new Target.Figure(of, Long.parseLong(value));
  }

  private static KeyOperation operation(String word) {
    var parts = List.of(word.split(Pattern.quote(":"), -1));
    String key = parts.get(1).replace("*", "");
    boolean isPrefix = parts.get(1).endsWith("*");
    return switch (parts.getFirst()) {
      case "get" -> new KeyOperation.Get(key);
      case "range" -> new KeyOperation.Range(key, KeyOperation.Range.LIMIT_MAX);
      case "put" ->
          new KeyOperation.Put(
              key,
              ByteString.copyFromUtf8(parts.get(2)),
              parts.size() > 3 ? Long.parseLong(parts.get(3)) : 0);
      default -> new KeyOperation.Delete(key, isPrefix);
    };
  }

  static String text(KeyEntry entry) {
    return "%s/%s%s version %d, lease %d, made at %d, changed at %d"
        .formatted(
            entry.foldedNamespace(),
            entry.key(),
            entry.value().isEmpty() ? "" : "=" + entry.value().toStringUtf8(),
            entry.version(),
            entry.leaseId(),
            entry.createRevision(),
            entry.modRevision());
  }

  static String text(KeyResult result) {
    return switch (result) {
      case KeyResult.Found(var entries, boolean hasMore) ->
          "found " + entries.stream().map(KeyVerbs::text).toList() + (hasMore ? " and more" : "");
      case KeyResult.Put(var entry) -> "put " + text(entry);
      case KeyResult.Deleted(int keys) -> "deleted " + keys;
    };
  }

  static String text(KeyPage page) {
    var text = new StringBuilder("keys at revision " + page.revision() + "\n");
    page.entries().forEach(entry -> text.append("   ").append(text(entry)).append('\n'));
    return text.toString();
  }
}
