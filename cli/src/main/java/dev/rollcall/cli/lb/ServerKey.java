package dev.rollcall.cli.lb;

/**
 * Which server of a backend: all of it that cannot change while it is there. An instance that moves
 * to another zone, or begins to speak TLS, becomes another server.
 *
 * @param instanceId of the instance behind it
 * @param isBackup whether it gets traffic only when no other can
 * @param isTls whether the balancer speaks TLS to it
 */
public record ServerKey(String instanceId, boolean isBackup, boolean isTls) {}
