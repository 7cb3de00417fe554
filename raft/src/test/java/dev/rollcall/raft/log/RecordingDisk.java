package dev.rollcall.raft.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Notes what changes something, in its order; writes to one file one after the other are one. */
final class RecordingDisk implements Disk {
  private final Disk disk;
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Name> names = new HashMap<>();
  private Runnable duringRead = () -> {};

  RecordingDisk(Disk disk) {
    this.disk = disk;
  }

  /** What happened since the last call. */
  List<String> taken() {
    List<String> taken = List.copyOf(notes);
    notes.clear();
    return taken;
  }

  /** Runs in the middle of the next read, as another thread might. */
  void duringNextRead(Runnable action) {
    duringRead = action;
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
    notes.add("create " + name);
    return new File(named(name), disk.create(name, sizeBytes));
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return new File(named(name), disk.open(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    notes.add("rename " + from + " " + to);
    disk.rename(from, to);
    Name name = names.remove(from);
    if (name != null) {
      name.now = to;
      names.put(to, name);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    if (disk.list().contains(name)) {
      notes.add("delete " + name);
    }
    disk.delete(name);
  }

  @Override
  public void forceDirectory() throws IOException {
    notes.add("force directory");
    disk.forceDirectory();
  }

  private Name named(String name) {
    return names.computeIfAbsent(name, Name::new);
  }

  /** What a file is called by now. */
  private static final class Name {
    private String now;

    Name(String now) {
      this.now = now;
    }
  }

  private final class File implements DiskFile {
    private final Name name;
    private final DiskFile file;

    File(Name name, DiskFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public long sizeBytes() throws IOException {
      return file.sizeBytes();
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      Runnable action = duringRead;
      duringRead = () -> {};
      action.run();
      return file.read(into, position);
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      String note = "write " + name.now;
      if (notes.isEmpty() || !notes.getLast().equals(note)) {
        notes.add(note);
      }
      file.write(from, position);
    }

    @Override
    public void force() throws IOException {
      notes.add("force " + name.now);
      file.force();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
