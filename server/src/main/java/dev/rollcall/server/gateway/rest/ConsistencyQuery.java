package dev.rollcall.server.gateway.rest;

import dev.rollcall.server.gateway.http.HttpCall;
import dev.rollcall.server.gateway.http.HttpRefusal;
import dev.rollcall.v1.Any;
import dev.rollcall.v1.Consistency;
import dev.rollcall.v1.Linearizable;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How fresh an answer must be: {@code consistency=linearizable}, which is the default, {@code
 * consistency=any}, {@code min_revision=57} or {@code max_lag_millis=2000}.
 */
final class ConsistencyQuery {
  private ConsistencyQuery() {}

  static Optional<Consistency> of(HttpCall call) {
    var level = call.query("consistency");
    var minRevision = call.query("min_revision");
    var maxLag = call.query("max_lag_millis");
    if (Stream.of(level, minRevision, maxLag).filter(Optional::isPresent).count() > 1) {
      throw HttpRefusal.invalid("give one of consistency, min_revision and max_lag_millis");
    }
    var message = Consistency.newBuilder();
    level.ifPresent(name -> {
      switch (name) {
        case "linearizable" -> message.setLinearizable(Linearizable.getDefaultInstance());
        case "any" -> message.setAny(Any.getDefaultInstance());
        default ->
            throw HttpRefusal.invalid("consistency is linearizable or any: '%s'".formatted(name));
      }
    });
    minRevision.ifPresent(revision -> ProtoJson.set(message, "min_revision", revision));
    maxLag.ifPresent(millis -> ProtoJson.set(message, "max_lag_millis", millis));
    return message.getLevelCase() == Consistency.LevelCase.LEVEL_NOT_SET
        ? Optional.empty()
        : Optional.of(message.build());
  }
}
