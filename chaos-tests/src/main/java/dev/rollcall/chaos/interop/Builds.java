package dev.rollcall.chaos.interop;

import dev.rollcall.chaos.process.ChaosFailure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The programs below {@code interop/}, as its build left them.
 *
 * @param directory of that build
 */
record Builds(Path directory) {
  /** Small and quick to start: what these programs do is little. */
  private static final List<String> OPTIONS =
      List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /**
   * The command that starts one of them over the JVM of this process.
   *
   * @throws ChaosFailure when it has not been built
   */
  List<String> java(
      String module, String mainClass, List<String> properties, List<String> arguments) {
    Path target = directory.resolve(module).resolve("target");
    String classPath;
    try {
      classPath =
          target.resolve("classes")
              + File.pathSeparator
              + Files.readString(target.resolve("class-path")).strip();
    } catch (IOException e) {
      throw new ChaosFailure(
          "not built yet: run 'mvn process-classes' in " + directory.toAbsolutePath(), e);
    }
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(OPTIONS);
    command.addAll(properties);
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return command;
  }
}
