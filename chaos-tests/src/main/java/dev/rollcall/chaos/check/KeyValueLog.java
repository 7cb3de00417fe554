package dev.rollcall.chaos.check;

import dev.rollcall.chaos.check.KeyValueModel.Ask;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a history of strings under keys, a map a line: {@code {:process 0, :type :ok, :f :get, :key
 * "7", :value "x"}}.
 */
final class KeyValueLog {
  /** How such a history begins. */
  static final String BEGINNING = "{:process";

  private static final String STRING = "\"((?:[^\"\\\\]|\\\\.)*)\"";

  private static final Pattern LINE =
      Pattern.compile(
          "\\{:process (\\d{1,18}), :type :(invoke|ok|fail|info), :f :(get|put|append), :key "
              + STRING
              + ", :value (?:nil|"
              + STRING
              + "|:[\\w-]+)\\}\\s*");

  private final Pairing<Ask, String> pairing = new Pairing<>();

  private KeyValueLog() {}

  static List<Operation<Ask, String>> read(List<String> lines) throws UnreadableHistory {
    var log = new KeyValueLog();
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1);
      if (!line.isBlank()) {
        Matcher parsed = LINE.matcher(line);
        if (!parsed.matches()) {
          throw new UnreadableHistory(number, "not of a key-value history: " + line);
        }
        log.take(parsed, number);
      }
    }
    return log.pairing.operations();
  }

  private void take(Matcher line, int number) throws UnreadableHistory {
    long process = Long.parseLong(line.group(1));
    if (line.group(2).equals("invoke")) {
      pairing.called(process, ask(line, number), number);
      return;
    }
    Ask asked = pairing.asked(process, number);
    if (!asked.key().equals(line.group(4)) || !line.group(3).equals(function(asked))) {
      throw new UnreadableHistory(number, "process " + process + " had called " + asked);
    }
    switch (line.group(2)) {
      case "ok" -> pairing.answered(process, answer(asked, line, number), number);
      case "info" -> pairing.unknown(process, number);
      default -> pairing.refused(process, number);
    }
  }

  private static Ask ask(Matcher line, int number) throws UnreadableHistory {
    String key = line.group(4);
    return switch (line.group(3)) {
      case "get" -> new Ask.Get(key);
      case "put" -> new Ask.Put(key, value(line, number));
      default -> new Ask.Append(key, value(line, number));
    };
  }

  private static String answer(Ask asked, Matcher line, int number) throws UnreadableHistory {
    if (asked instanceof Ask.Get) {
      return value(line, number);
    }
    if (!ask(line, number).equals(asked)) {
      throw new UnreadableHistory(number, "called as " + asked + ", returns with another value");
    }
    return "";
  }

  private static String value(Matcher line, int number) throws UnreadableHistory {
    String value = line.group(5);
    if (value == null) {
      throw new UnreadableHistory(number, "a string must be the value of this " + line.group(3));
    }
    return value;
  }

  private static String function(Ask ask) {
    return switch (ask) {
      case Ask.Get get -> "get";
      case Ask.Put put -> "put";
      case Ask.Append append -> "append";
    };
  }
}
