package dev.rollcall.store;

import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Instances of every shape that the limits allow, up to the limits. */
final class RandomInstances {
  private static final String NAME = "abcdefXYZ0189._-";
  private static final String TEXT = "aZ0 ~é✓𝄞\u0001";
  private static final String PRINTABLE = "azAZ09 !~/\\%";

  private static final String ASCII = "aZ0 ~\u0001\u007f";

  private final RandomGenerator random;
  private final String characters;

  RandomInstances(RandomGenerator random) {
    this(random, TEXT);
  }

  private RandomInstances(RandomGenerator random, String characters) {
    this.random = random;
    this.characters = characters;
  }

  /** Whose texts are all ASCII. */
  static RandomInstances ascii(RandomGenerator random) {
    return new RandomInstances(random, ASCII);
  }

  Instance next() {
    var endpoints = new ArrayList<Endpoint>();
    for (int i = upTo(16); i > 0; i--) {
      endpoints.add(
          new Endpoint(
              "e" + i + name(61),
              random.nextBoolean() ? "" : name(32),
              of(PRINTABLE.replace(" ", ""), upTo(253)),
              upTo(65_535),
              random.nextBoolean()));
    }
    return new Instance(
        key(),
        random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextLong(1_000),
        endpoints,
        random.nextBoolean() ? Locality.UNKNOWN : new Locality(text(), text(), text()),
        random.nextInt(65_536),
        text(),
        tags(),
        metadata(),
        status());
  }

  InstanceKey key() {
    return new InstanceKey(
        new ServiceKey(random.nextBoolean() ? "" : name(128), name(128)), of(PRINTABLE, upTo(256)));
  }

  Status status() {
    return List.of(Status.values()).get(random.nextInt(Status.values().length));
  }

  List<String> tags() {
    var tags = new ArrayList<String>();
    for (int i = random.nextInt(65); i > 0; i--) {
      tags.add(i + text());
    }
    return tags;
  }

  SortedMap<String, String> metadata() {
    var metadata = new TreeMap<String, String>();
    for (int i = random.nextInt(65); i > 0; i--) {
      metadata.put(i + text(), text());
    }
    return metadata;
  }

  /** Up to 120 bytes. */
  private String text() {
    int[] points = characters.codePoints().toArray();
    var text = new StringBuilder();
    for (int i = random.nextInt(31); i > 0; i--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }

  private String name(int charactersMax) {
    return of(NAME, upTo(charactersMax));
  }

  private String of(String alphabet, int characters) {
    var text = new StringBuilder();
    for (int i = 0; i < characters; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  /** 1 to max, and max itself often. */
  private int upTo(int max) {
    return random.nextInt(4) == 0 ? max : 1 + random.nextInt(max);
  }
}
