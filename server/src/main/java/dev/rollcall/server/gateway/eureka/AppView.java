package dev.rollcall.server.gateway.eureka;

import dev.rollcall.store.instance.ServiceSnapshot;
import java.util.Locale;

/** One service at one revision, as an app; its bytes are made once for each form. Any thread. */
final class AppView {
  private final ServiceSnapshot snapshot;
  private final String name;
  private final StatusCounts statuses;
  private final EncodedAnswer part;

  AppView(ServiceSnapshot snapshot, WireEncoder encoder) {
    this.snapshot = snapshot;
    name = snapshot.key().name().toUpperCase(Locale.ROOT);
    statuses = StatusCounts.of(snapshot.instances());
    part =
        new EncodedAnswer(format ->
            WireEncoder.part(name, encoder.instances(snapshot.instances(), format), format));
  }

  ServiceSnapshot snapshot() {
    return snapshot;
  }

  /** In upper case. */
  String name() {
    return name;
  }

  StatusCounts statuses() {
    return statuses;
  }

  /** The bytes of the app as a part of an answer. */
  byte[] part(WireFormat format) {
    return part.plain(format);
  }
}
