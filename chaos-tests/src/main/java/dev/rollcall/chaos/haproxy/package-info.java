/**
 * Traffic through a real HAProxy that {@code registryctl lb haproxy} feeds, while instances come
 * and go and nodes of the registry are killed. Doors: {@link
 * dev.rollcall.chaos.haproxy.HaproxyDrill} ({@code bin/chaos haproxy-drill}), {@link
 * dev.rollcall.chaos.haproxy.HaproxyDrillRun} for tests. docs/chaos.md says what is done and what
 * counts as a failure.
 */
@NullMarked
package dev.rollcall.chaos.haproxy;

import org.jspecify.annotations.NullMarked;
