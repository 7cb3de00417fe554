package dev.rollcall.client;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Fields of an instance to change; what is empty stays.
 *
 * @param metadata all of it
 * @param tags all of them
 * @param expectedRevision mod revision that the instance must have, else {@link
 *     Reason#REVISION_MISMATCH}; 0 means any
 */
public record InstancePatch(
    Optional<InstanceStatus> status,
    OptionalInt weight,
    Optional<Map<String, String>> metadata,
    Optional<List<String>> tags,
    long expectedRevision) {}
