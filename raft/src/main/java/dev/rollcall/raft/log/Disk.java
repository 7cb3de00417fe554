package dev.rollcall.raft.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;

/**
 * The files of one directory, as the log needs them: the edge between the log and the machine. A
 * real one, one that loses what was not forced when the process dies, and a simulated one stand
 * behind it.
 *
 * <p>Nothing is durable until forced: bytes by {@link DiskFile#force}, the creation, renaming and
 * deletion of files by {@link #forceDirectory}. A failed force must stop the process (the kernel
 * may have dropped the pages; ATC'20). Calls come from one thread at a time for writes; reads may
 * come from another thread. No method reacts to interruption.
 */
public interface Disk {
  /** Where an operator finds the file with this name; for messages. */
  default String path(String name) {
    return name;
  }

  /**
   * A number that nobody can guess. The log salts its checksums with it, so that no client can have
   * bytes stored that look like the log's own.
   */
  default long salt() {
    return new SecureRandom().nextLong();
  }

  /** Names of the files, sorted. */
  List<String> list() throws IOException;

  /**
   * Creates a file of this size, all zero, written in full so that later writes allocate nothing.
   *
   * @throws java.nio.file.FileAlreadyExistsException when there is one
   */
  DiskFile create(String name, long sizeBytes) throws IOException;

  /**
   * Opens for reading and writing.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   */
  DiskFile open(String name) throws IOException;

  /** Renames, replacing the target atomically. */
  void rename(String from, String to) throws IOException;

  /** Deletes; nothing happens when there is no such file. */
  void delete(String name) throws IOException;

  /** Makes creations, renamings and deletions so far durable. */
  void forceDirectory() throws IOException;

  /** An open file. */
  interface DiskFile extends AutoCloseable {
    /** Size in bytes. */
    long sizeBytes() throws IOException;

    /** Reads until the buffer is full or the file ends; returns the number of bytes read. */
    int read(ByteBuffer into, long position) throws IOException;

    /** Writes all of the buffer. Direct buffers are not copied. */
    void write(ByteBuffer from, long position) throws IOException;

    /** Makes every write so far durable (fdatasync). */
    void force() throws IOException;

    @Override
    void close() throws IOException;
  }
}
