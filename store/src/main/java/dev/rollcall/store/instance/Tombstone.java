package dev.rollcall.store.instance;

/**
 * What is remembered of a removed instance, so that a late registration of its life is refused and
 * a repeated removal is answered.
 *
 * @param incarnation of the life that ended
 * @param revision at which it ended
 */
public record Tombstone(long incarnation, long revision) {}
