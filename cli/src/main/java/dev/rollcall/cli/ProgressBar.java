package dev.rollcall.cli;

import dev.rollcall.client.snapshot.SnapshotProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** One line on a terminal that says how far a snapshot is; nothing anywhere else. One thread. */
final class ProgressBar {
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
  private static final long REDRAW_NANOS = 100_000_000;
  private static final int CELLS = 30;

  private final PrintWriter out;
  private final LongSupplier nanoTime;
  private final boolean isTerminal;
  private final long startNanos;
  private long drawnNanos;
  private int width;

  /** Has drawn nothing yet; the time is counted from here. */
  ProgressBar(PrintWriter out, LongSupplier nanoTime, boolean isTerminal) {
    this.out = out;
    this.nanoTime = nanoTime;
    this.isTerminal = isTerminal;
    startNanos = nanoTime.getAsLong();
    drawnNanos = startNanos - REDRAW_NANOS;
  }

  /** Whether somebody looks at standard error, as far as can be said here. */
  static boolean isTerminal() {
    try {
      Path device = Files.readSymbolicLink(STANDARD_ERROR);
      return device.startsWith("/dev/pts") || device.toString().startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Draws it anew, unless it was drawn a moment ago. */
  void show(SnapshotProgress progress) {
    long now = nanoTime.getAsLong();
    if (isTerminal && now - drawnNanos >= REDRAW_NANOS) {
      drawnNanos = now;
      draw(line(progress, (now - startNanos) / 1e9));
    }
  }

  /** Takes it away. */
  void clear() {
    if (width > 0) {
      draw("");
      out.print('\r');
      out.flush();
    }
  }

  private void draw(String line) {
    out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
    out.flush();
    width = line.length();
  }

  private static String line(SnapshotProgress progress, double seconds) {
    double mebibytes = progress.bytes() / (double) (1 << 20);
    String moved =
        "%,d rows  %,.1f MiB  %,.1f MiB/s"
            .formatted(progress.rows(), mebibytes, seconds == 0 ? 0 : mebibytes / seconds);
    if (progress.rowsEstimate() <= 0 || progress.rows() == 0) {
      return moved;
    }
    // It was counted at the beginning, and only roughly.
    double part = Math.min(0.99, progress.rows() / (double) progress.rowsEstimate());
    int full = (int) (part * CELLS);
    long left = (long) Math.ceil(seconds / part - seconds);
    return "[%s%s] %2d %%  %s  ETA %d:%02d"
        .formatted(
            "#".repeat(full),
            "-".repeat(CELLS - full),
            (int) (part * 100),
            moved,
            left / 60,
            left % 60);
  }
}
