package dev.rollcall.cli;

import picocli.CommandLine.Parameters;

/** Which instance a verb is about. */
final class InstanceArguments {
  @Parameters(index = "0", paramLabel = "SERVICE", description = "Name of the service.")
  private String service = "";

  @Parameters(index = "1", paramLabel = "ID", description = "Id of the instance.")
  private String id = "";

  String service() {
    return service;
  }

  String id() {
    return id;
  }
}
