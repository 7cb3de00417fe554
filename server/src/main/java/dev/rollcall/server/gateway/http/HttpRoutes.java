package dev.rollcall.server.gateway.http;

import java.util.Optional;

/** One facade: the paths it has. */
public interface HttpRoutes {
  /**
   * Answers a call, or leaves it to the next facade by answering nothing: this one has no such
   * path. May block until the call's deadline; runs on a virtual thread.
   *
   * @throws HttpRefusal for an answer that is an error
   * @throws io.grpc.StatusRuntimeException of {@link dev.rollcall.server.api.StatusMapper};
   *     answered as {@link HttpErrors} says
   * @throws dev.rollcall.store.instance.InvalidRequest likewise
   */
  Optional<HttpAnswer> answer(HttpCall call);
}
