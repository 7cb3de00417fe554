package dev.rollcall.server.space;

import dev.rollcall.server.config.ServerConfig.DiskRoom;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disk has room, and the reserve that is given back when it has none. Clears by itself;
 * the way back needs more than the way there, so that it does not flap.
 *
 * <table>
 *   <caption>States</caption>
 *   <tr><th>state</th><th>bytes free</th><th>next</th></tr>
 *   <tr><td>has room</td><td>below {@code low}</td><td>low</td></tr>
 *   <tr><td>has room</td><td>a piece more than {@code low}</td><td>reserves it</td></tr>
 *   <tr><td>low</td><td>below half of the reserve</td><td>gives it back</td></tr>
 *   <tr><td>low</td><td>1.25 × {@code low} beside the reserve</td><td>has room</td></tr>
 * </table>
 */
public final class DiskSpace {
  /** What one {@link #check} takes of the reserve at most: never in the way of the log. */
  static final long PIECE_BYTES = 16L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);

  private final Volume volume;
  private final DiskRoom room;
  private volatile boolean isLow;
  private volatile long usableBytes;

  /** Looks at once, so that a full disk does not stop the start when the reserve can help. */
  public DiskSpace(Volume volume, DiskRoom room) {
    this.volume = volume;
    this.room = room;
    look(0);
  }

  /** Any thread. */
  public boolean isLow() {
    return isLow;
  }

  /** Free space when it was last looked at; any thread. */
  public long usableBytes() {
    return usableBytes;
  }

  /** Looks again; one thread, about once a second. */
  public void check() {
    look(PIECE_BYTES);
  }

  private void look(long reserveMax) {
    try {
      releaseWhenFull();
      usableBytes = volume.usableBytes();
      long missing = Math.max(0, room.reserveBytes() - volume.reservedBytes());
      if (!isLow && usableBytes < room.lowBytes()) {
        isLow = true;
        LOG.warn(
            "the disk is nearly full: {} bytes free, registrations are refused below {}",
            usableBytes,
            room.lowBytes());
      } else if (isLow && usableBytes - missing >= room.lowBytes() + room.lowBytes() / 4) {
        isLow = false;
        LOG.info("the disk has room again: {} bytes free", usableBytes);
      }
      long piece = Math.min(missing, reserveMax);
      if (!isLow && piece > 0 && usableBytes - piece >= room.lowBytes()) {
        reserve(piece);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can not look after the room on the disk", e);
    }
  }

  private void reserve(long bytes) {
    try {
      volume.reserve(bytes);
    } catch (IOException noRoom) {
      LOG.warn("can not hold back space for a full disk: {}", noRoom.getMessage());
    }
  }

  private void releaseWhenFull() throws IOException {
    if (volume.reservedBytes() > 0 && volume.usableBytes() < room.reserveBytes() / 2) {
      volume.release();
      LOG.warn("the disk is full: the reserve of {} bytes is given back", room.reserveBytes());
    }
  }
}
