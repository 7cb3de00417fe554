package dev.rollcall.client;

/**
 * One thing that has a say in whether an instance gets traffic.
 *
 * @param excludes whether it is reason enough to send it none
 * @param sentence for people
 */
public record Finding(FindingKind kind, boolean excludes, String sentence) {}
