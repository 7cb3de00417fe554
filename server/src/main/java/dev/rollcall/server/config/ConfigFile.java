package dev.rollcall.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The YAML file of settings: one flat mapping from {@link Setting#key} to a value. */
final class ConfigFile {
  private static final int SUGGESTION_EDITS_MAX = 4;

  private ConfigFile() {}

  /**
   * Reads the file.
   *
   * @throws StartFailure in one line when it cannot be read, is no such mapping, or has a key that
   *     is no setting
   */
  static Map<Setting, String> read(Path path) {
    Object document = parse(path, text(path));
    if (document == null) {
      return Map.of();
    }
    if (!(document instanceof Map<?, ?> mapping)) {
      throw failure(path, "is no list of settings", "write one 'name: value' a line");
    }
    var values = new EnumMap<Setting, String>(Setting.class);
    mapping.forEach((key, value) -> {
      Setting setting = setting(path, String.valueOf(key));
      values.put(setting, scalar(path, setting, value));
    });
    return values;
  }

  private static String text(Path path) {
    try {
      return Files.readString(path);
    } catch (NoSuchFileException e) {
      throw new StartFailure(
          ExitCode.USAGE, "config file does not exist: " + path, "make it or correct config", e);
    } catch (IOException e) {
      throw new StartFailure(
          ExitCode.USAGE, "config file cannot be read: " + e, "make it readable, as UTF-8", e);
    }
  }

  private static Object parse(Path path, String text) {
    try {
      var settings = LoadSettings.builder().setLabel(path.toString()).build();
      return new Load(settings).loadFromString(text);
    } catch (YamlEngineException e) {
      throw failure(path, "is not YAML: " + e.getMessage(), "correct it there");
    }
  }

  private static Setting setting(Path path, String key) {
    return Setting.ofKey(key)
        .filter(setting -> setting != Setting.CONFIG)
        .orElseThrow(() -> failure(path, "has an unknown key '" + key + "'", suggestion(key)));
  }

  private static String suggestion(String key) {
    List<String> keys =
        Arrays.stream(Setting.values())
            .filter(setting -> setting != Setting.CONFIG)
            .map(Setting::key)
            .toList();
    return Nearest.to(key, keys, SUGGESTION_EDITS_MAX)
        .map(name -> "did you mean '" + name + "'? (registryd --help lists all)")
        .orElse("registryd --help lists all");
  }

  private static String scalar(Path path, Setting setting, Object value) {
    if (value == null || value instanceof Map) {
      throw failure(
          path, "gives " + setting.key() + " no plain value", "write '" + setting.key() + ": …'");
    }
    if (value instanceof List<?> list) {
      if (setting != Setting.MEMBERS && setting != Setting.HTTP_APIS) {
        throw failure(path, "gives " + setting.key() + " a list", "write one value");
      }
      return list.stream().map(Objects::toString).collect(Collectors.joining(","));
    }
    return value.toString();
  }

  private static StartFailure failure(Path path, String what, String todo) {
    return new StartFailure(ExitCode.USAGE, "config file " + path + " " + what, todo);
  }
}
