package dev.rollcall.store;

/**
 * How an instance that has not come back went.
 *
 * @param revision at which it went
 * @param incarnation of the life that ended
 * @param cause why
 */
public record Removal(long revision, long incarnation, Change.Cause cause) {}
