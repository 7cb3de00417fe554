package dev.rollcall.client.keys;

import java.util.Optional;

/**
 * A key was set.
 *
 * @param entry as it is now
 * @param previous as it was, when it was there, with an empty value
 */
public record KeyWritten(KeyEntry entry, Optional<KeyEntry> previous) {}
