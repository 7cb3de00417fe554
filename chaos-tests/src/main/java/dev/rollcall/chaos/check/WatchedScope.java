package dev.rollcall.chaos.check;

import dev.rollcall.store.Change;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What somebody watches, in words so plain that they need no filter language.
 *
 * @param namespace of it
 * @param name of a service, or what names of services or keys begin with
 * @param kind what the name stands for
 * @param bandWidth only instances whose weight is in every second one of {@value #BANDS} bands of
 *     this width, from 100 on: who counts its weight up enters and leaves again and again
 */
public record WatchedScope(String namespace, String name, Kind kind, OptionalInt bandWidth) {
  private static final int BANDS = 40;
  private static final int BANDS_FROM = 100;

  /** What the name of a scope stands for. */
  public enum Kind {
    /** One service. */
    SERVICE,
    /** Services whose names begin so. */
    SERVICES,
    /** Keys that begin so. */
    KEYS
  }

  /** Whether the change is of what is watched, whatever the weight. */
  public boolean contains(Change change) {
    return switch (change) {
      case Change.OfService of -> contains(of.service());
      case Change.OfKey of ->
          kind == Kind.KEYS
              && of.namespace().equals(folded(namespace))
              && of.key().startsWith(name);
    };
  }

  /** Whether the service is of what is watched. */
  public boolean contains(ServiceKey service) {
    return service.foldedNamespace().equals(folded(namespace))
        && switch (kind) {
          case SERVICE -> service.foldedName().equals(folded(name));
          case SERVICES -> service.foldedName().startsWith(folded(name));
          case KEYS -> false;
        };
  }

  /** Whether an instance of a service that is watched is shown. */
  public boolean fits(RegisteredInstance instance) {
    if (bandWidth.isEmpty()) {
      return true;
    }
    int weight = instance.instance().weight();
    int band = (weight - BANDS_FROM) / bandWidth.getAsInt();
    return weight >= BANDS_FROM && band < 2 * BANDS && band % 2 == 0;
  }

  /** The same in the language of filters; empty for all. */
  public String filter() {
    if (bandWidth.isEmpty()) {
      return "";
    }
    int width = bandWidth.getAsInt();
    return IntStream.range(0, BANDS)
        .map(band -> BANDS_FROM + 2 * band * width)
        .mapToObj(from -> "weight >= %d and weight < %d".formatted(from, from + width))
        .collect(Collectors.joining(" or "));
  }

  private static String folded(String word) {
    return word.toLowerCase(Locale.ROOT);
  }
}
