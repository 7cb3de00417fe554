package dev.rollcall.server.gateway.rest;

import com.google.protobuf.ByteString;
import dev.rollcall.server.gateway.http.HttpRefusal;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.WatchMode;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a watch is: everything up to a revision of a history has been delivered. As text {@code
 * <history in hexadecimal>-<revision>}.
 */
record EventId(ByteString historyId, long revision) {
  private static final Pattern TEXT = Pattern.compile("([0-9a-f]{32})-([0-9]{1,18})");

  static EventId parse(String text) {
    return Optional.of(TEXT.matcher(text))
        .filter(matcher -> matcher.matches())
        .map(matcher ->
            new EventId(
                ByteString.copyFrom(HexFormat.of().parseHex(matcher.group(1))),
                Long.parseLong(matcher.group(2))))
        .orElseThrow(() ->
            HttpRefusal.invalid(
                "the last event id is none that a watch gave: '%s'".formatted(text)));
  }

  /** Makes a watch go on from here. */
  void resume(CreateWatch.Builder watch) {
    watch.setHistoryId(historyId);
    if (watch.getMode() == WatchMode.WATCH_MODE_CHANGES) {
      watch.setStartRevision(revision + 1);
    } else {
      watch.setMinRevision(revision);
    }
  }

  String text() {
    return HexFormat.of().formatHex(historyId.toByteArray()) + "-" + revision;
  }
}
