package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.LogReader;
import dev.rollcall.raft.log.fake.MemoryDisk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The log that is truly on a disk at this moment, as a crash that loses everything unforced would
 * leave it. Read after docs/log-format.md and not by the shipped reader, which is under test;
 * trusts the chain of batches without computing checksums, so the disk must not be damaged.
 */
final class LogOnDisk {
  private static final Pattern SEGMENT = Pattern.compile("\\d{16}\\.log");
  private static final int BATCH_MAGIC = 0x52434254;
  private static final int BATCH_HEADER_BYTES = 96;
  private static final int ENTRIES = 1;
  private static final int TRUNCATE = 2;
  private static final int START = 4;

  /** Index to term of every entry. */
  private final NavigableMap<Long, Long> terms = new TreeMap<>();

  /** Up to where in each file a later batch, or the file after it, proves the bytes. */
  private final Map<String, Integer> provenBytes = new HashMap<>();

  private final List<String> files = new ArrayList<>();
  private long baseIndex;
  private long nextSequence;
  private int previousChecksum;

  private LogOnDisk(MemoryDisk disk) {
    List<String> names =
        disk.durableNames().stream().filter(name -> SEGMENT.matcher(name).matches()).toList();
    for (int i = 0; i < names.size(); i++) {
      read(names.get(i), disk.durable(names.get(i)), i == names.size() - 1);
    }
  }

  static LogOnDisk of(MemoryDisk disk) {
    return new LogOnDisk(disk);
  }

  /** Index of the last entry, or of the one behind which the log begins; 0 without a log. */
  long lastIndex() {
    return terms.isEmpty() ? Math.max(0, baseIndex - 1) : terms.lastKey();
  }

  /** Term of an entry that is there; 0 of one that is not. */
  long term(long index) {
    return terms.getOrDefault(index, 0L);
  }

  /** First index where a log that was read from this disk is another one; 0 for none. */
  long differsAt(LogReader log) {
    for (long index = log.firstIndex(); index <= log.lastIndex(); index++) {
      if (term(index) != log.term(index)) {
        return index;
      }
    }
    return lastIndex() > log.lastIndex() ? log.lastIndex() + 1 : 0;
  }

  /** Files of the log, oldest first. */
  List<String> files() {
    return files;
  }

  /**
   * Number of bytes at a file's beginning that are known to have been durable, by what was written
   * after them: damage to these must never be taken for the torn end of a write.
   */
  int provenBytes(String file) {
    return provenBytes.getOrDefault(file, 0);
  }

  private void read(String name, ByteBuffer bytes, boolean isTail) {
    int position = bytes.getInt(12);
    long durable = bytes.getLong(152);
    if (files.isEmpty() || isStart(bytes, position)) {
      begin(bytes);
    }
    files.add(name);
    var ends = new TreeMap<Long, Integer>();
    ends.put(nextSequence - 1, position);
    while (continuesAt(bytes, position)) {
      durable = Math.max(durable, bytes.getLong(position + 24));
      take(bytes, position);
      position += bytes.getInt(position + 8);
      ends.put(nextSequence - 1, position);
    }
    var proven = ends.floorEntry(durable);
    int provenHere = proven == null ? ends.firstEntry().getValue() : proven.getValue();
    provenBytes.put(name, isTail ? provenHere : position);
  }

  /** The log begins here, and what lies in files before is left over. */
  private void begin(ByteBuffer header) {
    files.clear();
    provenBytes.clear();
    terms.clear();
    baseIndex = header.getLong(88);
    nextSequence = header.getLong(104);
    previousChecksum = header.getInt(112);
    if (baseIndex > 1) {
      terms.put(baseIndex - 1, header.getLong(96));
    }
  }

  /** The first batch of the file itself; what a recycled one has there is not of its chain. */
  private static boolean isStart(ByteBuffer bytes, int position) {
    return position + BATCH_HEADER_BYTES <= bytes.limit()
        && bytes.getInt(position) == BATCH_MAGIC
        && bytes.getInt(position + 92) == START
        && bytes.getLong(position + 16) == bytes.getLong(104)
        && bytes.getInt(position + 60) == bytes.getInt(112);
  }

  private boolean continuesAt(ByteBuffer bytes, int position) {
    return position + BATCH_HEADER_BYTES <= bytes.limit()
        && bytes.getInt(position) == BATCH_MAGIC
        && bytes.getLong(position + 16) == nextSequence
        && bytes.getInt(position + 60) == previousChecksum
        && position + bytes.getInt(position + 8) <= bytes.limit();
  }

  private void take(ByteBuffer bytes, int position) {
    nextSequence++;
    previousChecksum = bytes.getInt(position + 4);
    int kind = bytes.getInt(position + 92);
    long index = bytes.getLong(position + 48);
    if (kind == ENTRIES || kind == TRUNCATE) {
      terms.tailMap(index, true).clear();
    }
    int at = position + BATCH_HEADER_BYTES;
    for (int count = bytes.getInt(position + 56); count > 0; count--) {
      terms.put(index++, bytes.getLong(at));
      at += (24 + bytes.getInt(at + 16) + 7) / 8 * 8;
    }
  }
}
