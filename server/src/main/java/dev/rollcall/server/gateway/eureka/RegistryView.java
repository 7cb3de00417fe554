package dev.rollcall.server.gateway.eureka;

import dev.rollcall.store.instance.RegisteredInstance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * All apps at one moment, with what has changed lately and the hash that goes with both: a client
 * that has applied the delta to what it knew has these apps. Immutable but for bytes that are made
 * when first asked for. Any thread.
 */
final class RegistryView {
  private final SortedMap<String, AppView> apps;
  private final Delta delta;
  private final WireEncoder encoder;
  private final String hash;
  private final EncodedAnswer all;
  private final EncodedAnswer changes;

  /**
   * Takes its parts over.
   *
   * @param apps by folded name, none of them empty
   */
  RegistryView(SortedMap<String, AppView> apps, Delta delta, WireEncoder encoder) {
    this.apps = Collections.unmodifiableSortedMap(apps);
    this.delta = delta;
    this.encoder = encoder;
    hash = StatusCounts.sum(apps.values().stream().map(AppView::statuses).toList()).hash();
    all =
        new EncodedAnswer(format ->
            WireEncoder.apps(
                hash, apps.values().stream().map(app -> app.part(format)).toList(), format));
    changes =
        new EncodedAnswer(format ->
            WireEncoder.apps(
                hash, delta.parts().stream().map(part -> part.encoded(format)).toList(), format));
  }

  SortedMap<String, AppView> apps() {
    return apps;
  }

  Delta delta() {
    return delta;
  }

  String hash() {
    return hash;
  }

  /** All apps. */
  EncodedAnswer all() {
    return all;
  }

  /** What has changed lately, with the hash of all apps. */
  EncodedAnswer changes() {
    return changes;
  }

  /** The first instance of this id in any app. */
  Optional<RegisteredInstance> instance(String id) {
    return apps.values().stream().flatMap(app -> app.snapshot().find(id).stream()).findFirst();
  }

  /** The apps with those of their instances that have this VIP address. */
  byte[] vip(String address, boolean isSecure, WireFormat format) {
    var parts = new ArrayList<byte[]>();
    var counts = new ArrayList<StatusCounts>();
    for (var app : apps.values()) {
      List<RegisteredInstance> matching =
          app.snapshot().instances().stream()
              .filter(instance -> hasVip(instance, address, isSecure))
              .toList();
      if (!matching.isEmpty()) {
        parts.add(WireEncoder.part(app.name(), encoder.instances(matching, format), format));
        counts.add(StatusCounts.of(matching));
      }
    }
    return WireEncoder.apps(StatusCounts.sum(counts).hash(), parts, format);
  }

  private static boolean hasVip(RegisteredInstance instance, String address, boolean isSecure) {
    return InstanceWriter.vip(instance.instance(), isSecure)
        .filter(vips -> Arrays.asList(vips.split(",")).contains(address))
        .isPresent();
  }
}
