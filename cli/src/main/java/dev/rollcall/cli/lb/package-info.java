/**
 * Keeps a running load balancer current: what the registry knows of services becomes the servers of
 * its backends, without a reload. Door: {@link dev.rollcall.cli.lb.BackendKeeper}. {@link
 * dev.rollcall.cli.lb.DesiredServers} and {@link dev.rollcall.cli.lb.Reconciler} are pure: what
 * should be, and the steps from what is there to it. {@link dev.rollcall.cli.lb.LoadBalancer} is
 * the edge: another product is one more implementation of it, beside {@link
 * dev.rollcall.cli.lb.HaproxyRuntime}. Knows nothing of the command line.
 */
@NullMarked
package dev.rollcall.cli.lb;

import org.jspecify.annotations.NullMarked;
