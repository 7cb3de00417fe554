/**
 * What a node is asked to be. Doors: {@link dev.rollcall.server.config.ConfigReader} (flags, then
 * environment, then file, then defaults, over the one table {@link
 * dev.rollcall.server.config.Setting}) and {@link dev.rollcall.server.config.ServerConfig} (the
 * checked result). Also the vocabulary of ending: {@link dev.rollcall.server.config.ExitCode} and
 * {@link dev.rollcall.server.config.StartFailure}.
 *
 * <p>The only room that reads files, environment and flags. Runs on the starting thread. Knows
 * nothing of gRPC, Raft's state or the store.
 */
@NullMarked
package dev.rollcall.server.config;

import org.jspecify.annotations.NullMarked;
