package dev.rollcall.client.keys;

/**
 * Keys were deleted.
 *
 * @param count how many went
 * @param revision at which; that of the last change when none went
 */
public record KeysDeleted(int count, long revision) {}
