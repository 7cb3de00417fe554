package dev.rollcall.chaos.interop;

import java.net.http.HttpResponse;
import java.util.Map;

/**
 * A request that is sent to two servers.
 *
 * @param path below the base address, with its query
 * @param body empty for none
 */
record Exchange(String method, String path, Map<String, String> headers, String body) {
  /** Sends it to the server with this base address. */
  HttpResponse<byte[]> send(EurekaHttp http, String server) {
    return http.send(method, server + path, headers, body);
  }

  /** On one line, as known differences are matched with. */
  @Override
  public String toString() {
    return "%s %s %s %s %s"
        .formatted(
            method,
            path,
            headers.getOrDefault("Accept", "-"),
            headers.getOrDefault("X-Eureka-Accept", ""),
            body.replace("\n", "").replaceFirst("^(.{0,30}).*?(.{0,100})$", "$1…$2"));
  }
}
