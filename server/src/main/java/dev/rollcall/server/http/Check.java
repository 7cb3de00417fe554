package dev.rollcall.server.http;

/**
 * One thing that must hold for a node to be ready.
 *
 * @param detail one line for people, either way
 */
public record Check(String name, boolean holds, String detail) {}
