package dev.rollcall.raft.log;

import dev.rollcall.raft.log.Disk.DiskFile;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A file of the log. Its name is its id, which is never used twice in one log.
 *
 * @param salt of the checksums in it
 */
record Segment(long id, long salt, DiskFile file) {
  private static final int DIGITS = 16;
  private static final Pattern NAME = Pattern.compile("(\\d{16})\\.log");

  SegmentChecksum checksum() {
    return new SegmentChecksum(id, salt);
  }

  String name() {
    return name(id);
  }

  static String name(long id) {
    return digits(id) + ".log";
  }

  /** Name of the file once its entries are dropped and it waits for another use. */
  String spareName() {
    return digits(id) + ".spare";
  }

  /** Id of the segment with this file name; empty when the file is none. */
  static OptionalLong id(String name) {
    var matcher = NAME.matcher(name);
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }

  /** Ids of the segments among these files, ascending. */
  static List<Long> ids(List<String> names) {
    return names.stream()
        .map(Segment::id)
        .filter(OptionalLong::isPresent)
        .map(OptionalLong::getAsLong)
        .sorted()
        .toList();
  }

  private static String digits(long id) {
    String digits = Long.toString(id);
    return "0".repeat(DIGITS - digits.length()) + digits;
  }
}
