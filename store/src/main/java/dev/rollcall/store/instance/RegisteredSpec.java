package dev.rollcall.store.instance;

/**
 * A spec as the registry holds it.
 *
 * @param createRevision of the command that made it
 * @param modRevision of its last change
 */
public record RegisteredSpec(ServiceSpec spec, long createRevision, long modRevision) {}
