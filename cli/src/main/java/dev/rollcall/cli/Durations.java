package dev.rollcall.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads durations as people write them: 500ms, 10s, 5m, 2h. */
final class Durations implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String text) {
    String unit = text.replaceFirst("^[0-9]+", "");
    String number = text.substring(0, text.length() - unit.length());
    if (number.isEmpty() || number.length() > 9) {
      throw wrong(text);
    }
    long count = Long.parseLong(number);
    return switch (unit) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> throw wrong(text);
    };
  }

  /** As people write it. */
  static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }

  private static TypeConversionException wrong(String text) {
    return new TypeConversionException(
        "'" + text + "' is no duration: write a number and ms, s, m or h, such as 10s");
  }
}
