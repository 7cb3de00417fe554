package dev.rollcall.server.space;

import java.io.IOException;

/** The disk of a node, as far as its room is concerned, and the reserve that stands on it. */
public interface Volume {
  /** Bytes that may still be written, the reserve not counted. */
  long usableBytes() throws IOException;

  /** Bytes of the reserve. */
  long reservedBytes() throws IOException;

  /**
   * Makes the reserve larger by so much.
   *
   * @throws IOException when there is no room, among other reasons
   */
  void reserve(long bytes) throws IOException;

  /** Gives the whole reserve back. */
  void release() throws IOException;
}
