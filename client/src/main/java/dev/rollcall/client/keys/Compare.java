package dev.rollcall.client.keys;

/**
 * Compares something of a key with something given. Of a key that is not there, revisions, version
 * and lease are 0, and the value equals nothing.
 *
 * @param key which
 * @param subject what of it
 * @param relation how
 * @param number with what, unless it is the value
 * @param value with what, when it is the value
 */
public record Compare(String key, Subject subject, Relation relation, long number, Value value) {
  /** What of a key is compared. */
  public enum Subject {
    /** Revision of its last change. */
    MOD_REVISION,
    /** Revision of its making. */
    CREATE_REVISION,
    /** Changes of this life. */
    VERSION,
    /** The lease with which it goes. */
    LEASE,
    /** The value, byte by byte. */
    VALUE
  }

  /** How the key's compares with what is given. */
  public enum Relation {
    /** Is the same. */
    EQUAL,
    /** Is another. */
    NOT_EQUAL,
    /** The key's is less. */
    LESS,
    /** The key's is greater. */
    GREATER
  }

  /** There is no such key. */
  public static Compare absent(String key) {
    return number(key, Subject.CREATE_REVISION, Relation.EQUAL, 0);
  }

  /** There is such a key. */
  public static Compare present(String key) {
    return number(key, Subject.CREATE_REVISION, Relation.GREATER, 0);
  }

  /** The key was last changed at that revision. */
  public static Compare unchangedSince(String key, long modRevision) {
    return number(key, Subject.MOD_REVISION, Relation.EQUAL, modRevision);
  }

  /** The key is of that life: the holder of a lock checks so that it still is one. */
  public static Compare createdAt(String key, long createRevision) {
    return number(key, Subject.CREATE_REVISION, Relation.EQUAL, createRevision);
  }

  /** The key has that value. */
  public static Compare valueIs(String key, Value value) {
    return value(key, Relation.EQUAL, value);
  }

  /** Any comparison of the value. */
  public static Compare value(String key, Relation relation, Value value) {
    return new Compare(key, Subject.VALUE, relation, 0, value);
  }

  /** Any comparison of something else. */
  public static Compare number(String key, Subject subject, Relation relation, long number) {
    if (subject == Subject.VALUE) {
      throw new IllegalArgumentException("a value is not compared with a number");
    }
    return new Compare(key, subject, relation, number, Value.EMPTY);
  }
}
