package dev.rollcall.raft.log;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** A directory that can not be worked in, or that another process works in. One line says why. */
public final class UnusableDirectory extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableDirectory(String message) {
    super(message);
  }

  UnusableDirectory(Path directory, Exception cause) {
    super("can not use the directory " + directory + ": " + reason(cause), cause);
  }

  private static String reason(Exception cause) {
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof FileAlreadyExistsException || cause instanceof NotDirectoryException) {
      return "it is a file";
    }
    // The message of a FileSystemException repeats the path; its reason alone is often empty.
    return cause instanceof FileSystemException failed && failed.getReason() != null
        ? failed.getReason()
        : String.valueOf(cause.getMessage());
  }
}
