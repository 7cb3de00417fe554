package dev.rollcall.chaos.check;

import dev.rollcall.chaos.check.RegisterModel.Answer;
import dev.rollcall.chaos.check.RegisterModel.Ask;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the log of a Jepsen test of one register: {@code INFO jepsen.util - 3 :invoke :cas [0 4]}.
 * A return says ok, fail (nothing was done) or info (unknown). A comparison that fails with the
 * values it was given found something else, which is an answer; one that fails with a reason was
 * not made.
 */
final class RegisterLog {
  /** How such a log begins. */
  static final String BEGINNING = "INFO  jepsen.util";

  private static final Pattern LINE =
      Pattern.compile(
          "INFO  jepsen\\.util\\s+-\\s+(\\d{1,18})\\s+:(invoke|ok|fail|info)"
              + "\\s+:(read|write|cas)\\s+(\\S.*?)\\s*");

  private static final Pattern NEMESIS =
      Pattern.compile("INFO  jepsen\\.util\\s+-\\s+:nemesis\\s.*");
  private static final Pattern VALUE = Pattern.compile("\\d{1,9}");
  private static final Pattern PAIR = Pattern.compile("\\[(\\d{1,9})\\s+(\\d{1,9})]");

  private final Pairing<Ask, Answer> pairing = new Pairing<>();

  private RegisterLog() {}

  static List<Operation<Ask, Answer>> read(List<String> lines) throws UnreadableHistory {
    var log = new RegisterLog();
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1);
      if (!line.isBlank() && !NEMESIS.matcher(line).matches()) {
        Matcher parsed = LINE.matcher(line);
        if (!parsed.matches()) {
          throw new UnreadableHistory(number, "not of a register's log: " + line);
        }
        log.take(parsed, number);
      }
    }
    return log.pairing.operations();
  }

  private void take(Matcher line, int number) throws UnreadableHistory {
    long process = Long.parseLong(line.group(1));
    String function = line.group(3);
    String value = line.group(4);
    if (line.group(2).equals("invoke")) {
      pairing.called(process, ask(function, value, number), number);
      return;
    }
    Ask asked = pairing.asked(process, number);
    if (!function.equals(function(asked))) {
      throw new UnreadableHistory(number, "process " + process + " had called " + asked);
    }
    switch (line.group(2)) {
      case "ok" -> pairing.answered(process, answer(asked, value, number), number);
      case "info" -> pairing.unknown(process, number);
      default -> {
        if (asked instanceof Ask.CompareAndSet && PAIR.matcher(value).matches()) {
          requireSame(asked, function, value, number);
          pairing.answered(process, new Answer.Differs(), number);
        } else {
          pairing.refused(process, number);
        }
      }
    }
  }

  private static Ask ask(String function, String value, int number) throws UnreadableHistory {
    Matcher pair = PAIR.matcher(value);
    if (function.equals("read") && value.equals("nil")) {
      return new Ask.Read();
    }
    if (function.equals("write") && VALUE.matcher(value).matches()) {
      return new Ask.Write(Integer.parseInt(value));
    }
    if (function.equals("cas") && pair.matches()) {
      return new Ask.CompareAndSet(
          Integer.parseInt(pair.group(1)), Integer.parseInt(pair.group(2)));
    }
    throw new UnreadableHistory(number, "no value of a " + function + ": " + value);
  }

  private static Answer answer(Ask asked, String value, int number) throws UnreadableHistory {
    if (!(asked instanceof Ask.Read)) {
      requireSame(asked, function(asked), value, number);
      return new Answer.Done();
    }
    if (value.equals("nil")) {
      return new Answer.Held(OptionalInt.empty());
    }
    if (!VALUE.matcher(value).matches()) {
      throw new UnreadableHistory(number, "no value of a read: " + value);
    }
    return new Answer.Held(OptionalInt.of(Integer.parseInt(value)));
  }

  private static void requireSame(Ask asked, String function, String value, int number)
      throws UnreadableHistory {
    if (!ask(function, value, number).equals(asked)) {
      throw new UnreadableHistory(number, "called as " + asked + ", returns with " + value);
    }
  }

  private static String function(Ask ask) {
    return switch (ask) {
      case Ask.Read read -> "read";
      case Ask.Write write -> "write";
      case Ask.CompareAndSet compare -> "cas";
    };
  }
}
