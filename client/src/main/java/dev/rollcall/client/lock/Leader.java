package dev.rollcall.client.lock;

/**
 * Who leads.
 *
 * @param name as it campaigned
 * @param fencingToken of its leadership; higher than that of every leader before
 */
public record Leader(String name, long fencingToken) {}
