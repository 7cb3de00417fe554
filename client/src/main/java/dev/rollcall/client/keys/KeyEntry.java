package dev.rollcall.client.keys;

/**
 * A key with its value.
 *
 * @param key 1 to 1,024 bytes of UTF-8 without control characters
 * @param value what it is set to; empty where only keys were asked for
 * @param createRevision revision at which it was made; a later life of the key has a higher one, so
 *     it serves as a fencing token
 * @param modRevision revision of its last change
 * @param version changes of this life, from 1
 * @param leaseId lease with which it goes; 0 when with none
 */
public record KeyEntry(
    String key, Value value, long createRevision, long modRevision, long version, long leaseId) {}
