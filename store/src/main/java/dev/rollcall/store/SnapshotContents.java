package dev.rollcall.store;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What the rows of a snapshot are, told one after the other in their order: how many of each kind,
 * and the numbers that go for the whole. One thread; keeps no row.
 */
public final class SnapshotContents {
  private final Map<Byte, Table> tables = new LinkedHashMap<>();
  private final Features features;
  private byte[] lastService = {};
  private long services;
  private long firstChange;
  private long lastChange;
  private Counters counters = new Counters();

  /**
   * Of nothing yet.
   *
   * @param features of this version
   */
  public SnapshotContents(Features features) {
    this.features = features;
  }

  /**
   * Rows of one kind.
   *
   * @param name what they are; {@code unknown} where this version has no name for them
   * @param bytes of keys and values
   */
  public record Table(String name, long rows, long bytes) {
    private Table and(long more) {
      return new Table(name, rows + 1, bytes + more);
    }
  }

  /**
   * Counts a row.
   *
   * @throws UnknownFormat when it says that a later version wrote the rows
   * @throws UnknownFeatureLevel when it says that they need a later version
   * @throws IllegalArgumentException when it cannot be read
   */
  public void add(byte[] key, byte[] value) {
    byte table = key.length == 0 ? 0 : key[0];
    tables.merge(
        table,
        new Table(RowKeys.tableName(table), 1, (long) key.length + value.length),
        (known, one) -> known.and(one.bytes));
    switch (table) {
      case RowKeys.META -> counters = RowCodec.counters(value);
      case RowKeys.FEATURE_LEVEL ->
          features.requireKnown("the snapshot", RowCodec.featureLevel(value));
      case RowKeys.CHANGES -> addChange(RowKeys.number(key, 1));
      case RowKeys.INSTANCES -> addInstance(key);
      default -> {}
    }
  }

  /** The kinds that there are, in the order of their rows. */
  public List<Table> tables() {
    return List.copyOf(tables.values());
  }

  /** Services that have instances. */
  public long services() {
    return services;
  }

  /** Of the last change. */
  public long revision() {
    return counters.revision;
  }

  /** Index of the last applied entry; 0 without the row that says so. */
  public long lastApplied() {
    return counters.lastApplied;
  }

  /** The first revision in the change log; empty when it holds none. */
  public OptionalLong firstChange() {
    return firstChange == 0 ? OptionalLong.empty() : OptionalLong.of(firstChange);
  }

  /** The last revision in the change log; empty when it holds none. */
  public OptionalLong lastChange() {
    return lastChange == 0 ? OptionalLong.empty() : OptionalLong.of(lastChange);
  }

  private void addChange(long revision) {
    if (firstChange == 0) {
      firstChange = revision;
    }
    lastChange = revision;
  }

  /** Instances of a service stand beside each other. */
  private void addInstance(byte[] key) {
    byte[] service = Arrays.copyOf(key, RowKeys.serviceLength(key));
    if (!Arrays.equals(service, lastService)) {
      lastService = service;
      services++;
    }
  }
}
