package dev.rollcall.client.cache;

import dev.rollcall.client.keys.KeyEntry;
import java.util.SortedMap;

/**
 * What a cache of keys knew at one moment.
 *
 * @param entries by key; immutable
 * @param revision up to which every change is in
 * @param state how far it can be trusted
 */
public record KeyView(SortedMap<String, KeyEntry> entries, long revision, CacheState state) {}
