package dev.rollcall.store;

import dev.rollcall.store.instance.ServiceKey;
import java.util.List;

/**
 * How the list of services became different: those that have instances or a spec are on it. A
 * service that came and went meanwhile is in neither list.
 *
 * @param listed services that came to it
 * @param unlisted services that left it
 */
public record Listings(List<ServiceKey> listed, List<ServiceKey> unlisted) {
  /** It is as it was. */
  public static final Listings NONE = new Listings(List.of(), List.of());

  public Listings {
    listed = List.copyOf(listed);
    unlisted = List.copyOf(unlisted);
  }
}
