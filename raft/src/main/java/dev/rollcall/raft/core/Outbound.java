package dev.rollcall.raft.core;

/** A message that may leave now: whatever had to be durable before it already is. */
public record Outbound(NodeId to, Message message) {}
