package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.log.Disk;
import java.io.IOException;
import java.util.List;

/** A node's disk, with the rare ways noticed in which the log takes over old files. */
final class WatchedDisk implements Disk {
  private static final String COPY_OF_TAIL = "rewrite.tmp";
  private static final String SPARE = ".spare";

  private final Disk disk;
  private final Marks marks;

  WatchedDisk(Disk disk, Marks marks) {
    this.disk = disk;
    this.marks = marks;
  }

  @Override
  public String path(String name) {
    return disk.path(name);
  }

  @Override
  public long salt() {
    return disk.salt();
  }

  @Override
  public List<String> list() throws IOException {
    return disk.list();
  }

  @Override
  public DiskFile create(String name, long sizeBytes) throws IOException {
    return disk.create(name, sizeBytes);
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return disk.open(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    disk.rename(from, to);
    if (from.endsWith(SPARE)) {
      marks.hit(to.equals(COPY_OF_TAIL) ? Mark.SPARE_BECAME_TAIL : Mark.SPARE_USED);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    if (name.equals(COPY_OF_TAIL) && disk.list().contains(name)) {
      marks.hit(Mark.REWRITE_LEFT_OVER);
    }
    disk.delete(name);
  }

  @Override
  public void forceDirectory() throws IOException {
    disk.forceDirectory();
  }
}
