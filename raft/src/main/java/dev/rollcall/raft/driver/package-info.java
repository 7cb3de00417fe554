/**
 * The shell around raft.core. Doors: {@link dev.rollcall.raft.driver.RaftNode} (propose, read,
 * receive, status; threadless parts that a simulator can turn by hand) and {@link
 * dev.rollcall.raft.driver.RaftDriver} (owns the threads raft, log and apply, and nothing else).
 *
 * <p>Edges, each with a fake: {@link dev.rollcall.raft.driver.StateMachine}, {@link
 * dev.rollcall.raft.driver.Transport}, {@link dev.rollcall.raft.driver.Clock} and raft.log's Disk.
 * Knows nothing of gRPC and nothing of what the commands mean.
 */
@NullMarked
package dev.rollcall.raft.driver;

import org.jspecify.annotations.NullMarked;
