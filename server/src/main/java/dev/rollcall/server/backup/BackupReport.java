package dev.rollcall.server.backup;

import com.google.protobuf.ByteString;
import dev.rollcall.store.Features;
import dev.rollcall.store.SnapshotContents;
import dev.rollcall.store.SnapshotContents.Table;
import dev.rollcall.store.snapshot.DamagedSnapshot;
import dev.rollcall.store.snapshot.SnapshotScanner;
import dev.rollcall.v1.SnapshotManifest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a backup file holds, once all of it was read and found right. */
record BackupReport(
    Path path, SnapshotManifest manifest, SnapshotContents contents, long bytes, long chunks) {
  /**
   * Reads and verifies the file.
   *
   * @throws dev.rollcall.server.config.StartFailure when anything is wrong with it
   */
  static BackupReport read(Path path, Features features) {
    try (var file = BackupFile.open(path)) {
      var scanner = new SnapshotScanner();
      var contents = new SnapshotContents(features);
      file.forEachChunk(chunk -> scanner.add(chunk, (key, value) -> add(contents, key, value)));
      if (!scanner.isWhole()) {
        throw file.damaged("it is cut short behind its last whole chunk");
      }
      requireFits(file, contents, scanner.lastApplied());
      return new BackupReport(path, file.manifest(), contents, file.sizeBytes(), file.chunks());
    }
  }

  /** The manifest, the header of the snapshot and the counters in it are of the same moment. */
  static void requireFits(BackupFile file, SnapshotContents contents, long lastApplied) {
    SnapshotManifest manifest = file.manifest();
    if (manifest.getAppliedIndex() != lastApplied
        || manifest.getAppliedIndex() != contents.lastApplied()
        || manifest.getRevision() != contents.revision()
        || lastApplied == 0) {
      throw file.damaged(
          "its manifest says entry %d and revision %d, its rows entry %d and revision %d"
              .formatted(
                  manifest.getAppliedIndex(),
                  manifest.getRevision(),
                  contents.lastApplied(),
                  contents.revision()));
    }
  }

  private static void add(SnapshotContents contents, byte[] key, byte[] value) {
    try {
      contents.add(key, value);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new DamagedSnapshot("a row cannot be read: " + e.getMessage());
    }
  }

  /** For verify. */
  String line() {
    return "%s is whole: revision %d of cluster %s, %d rows, %d bytes%n"
        .formatted(path, manifest.getRevision(), hex(manifest.getClusterId()), rows(), bytes);
  }

  /** For people. */
  String text() {
    var lines = new StringBuilder();
    facts().forEach((name, value) -> lines.append("%-16s%s%n".formatted(name, value)));
    lines.append("rows%n".formatted());
    for (Table table : contents.tables()) {
      lines.append(
          "  %-14s%12d  %14d bytes%n".formatted(table.name(), table.rows(), table.bytes()));
    }
    return lines.toString();
  }

  /** For programs: one object. */
  String json() {
    String facts =
        facts().entrySet().stream()
            .map(fact -> quoted(camelCase(fact.getKey())) + ":" + value(fact.getValue()))
            .collect(Collectors.joining(","));
    String tables =
        contents.tables().stream()
            .map(table ->
                "%s:{\"rows\":%d,\"bytes\":%d}"
                    .formatted(quoted(camelCase(table.name())), table.rows(), table.bytes()))
            .collect(Collectors.joining(","));
    return "{" + facts + ",\"tables\":{" + tables + "}}\n";
  }

  private Map<String, Object> facts() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("cluster", hex(manifest.getClusterId()));
    facts.put("history", hex(manifest.getHistoryId()));
    facts.put("node", hex(manifest.getNodeId()));
    facts.put("taken", Instant.ofEpochMilli(manifest.getWallMillis()).toString());
    facts.put("software", manifest.getSoftwareVersion());
    facts.put("feature level", Integer.toUnsignedLong(manifest.getFeatureLevel()));
    facts.put("revision", manifest.getRevision());
    facts.put("applied index", manifest.getAppliedIndex());
    facts.put("services", contents.services());
    facts.put("first change", contents.firstChange().orElse(0));
    facts.put("last change", contents.lastChange().orElse(0));
    facts.put("total rows", rows());
    facts.put("chunks", chunks);
    facts.put("bytes", bytes);
    return facts;
  }

  private long rows() {
    return contents.tables().stream().mapToLong(Table::rows).sum();
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  private static String value(Object value) {
    return value instanceof Long number ? number.toString() : quoted(value.toString());
  }

  /** As names are in JSON: first change becomes firstChange. */
  private static String camelCase(String name) {
    return Pattern.compile(" (.)")
        .matcher(name)
        .replaceAll(found -> found.group(1).toUpperCase(Locale.ROOT));
  }

  private static String quoted(String text) {
    var out = new StringBuilder("\"");
    text.chars()
        .forEach(c -> {
          if (c == '"' || c == '\\' || c < ' ') {
            out.append("\\u%04x".formatted(c));
          } else {
            out.append((char) c);
          }
        });
    return out.append('"').toString();
  }
}
