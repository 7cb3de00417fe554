package dev.rollcall.store.rocks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;

/**
 * Where RocksDB's native library is unpacked. By itself it goes to the system's directory for
 * temporary files, under another name at each start, and stays there when the process is killed.
 */
public final class RocksLibrary {
  private RocksLibrary() {}

  /**
   * Unpacks it to this directory, in the place of the one that a start before left there, and loads
   * it; before anything else of RocksDB is touched. Does nothing in a process that has it loaded.
   * Where it cannot be (such as on a disk from which nothing may be run) RocksDB does as it would.
   */
  public static void unpackTo(Path directory) {
    try {
      NativeLibraryLoader.getInstance()
          .loadLibrary(Files.createDirectories(directory).toAbsolutePath().toString());
    } catch (IOException | RuntimeException | UnsatisfiedLinkError e) {
      // Whatever is wrong here, opening the store says it if it is wrong there too.
    }
  }
}
