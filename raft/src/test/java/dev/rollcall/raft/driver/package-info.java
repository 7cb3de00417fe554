/**
 * Tests of the driver: parts turned by hand with a virtual clock, and the three threads for real.
 */
@NullMarked
package dev.rollcall.raft.driver;

import org.jspecify.annotations.NullMarked;
