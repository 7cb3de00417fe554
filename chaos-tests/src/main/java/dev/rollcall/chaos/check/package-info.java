/**
 * Judges of what clients saw. {@link dev.rollcall.chaos.check.LinearizabilityChecker} searches for
 * an order in which a sequential model gives every answer. Pure: no clock, no thread, and shown
 * histories only. {@link dev.rollcall.chaos.check.CheckHistories} is the shell that runs it over
 * files with known verdicts. docs/reliability.md says what is checked with it and how it is itself.
 */
@NullMarked
package dev.rollcall.chaos.check;

import org.jspecify.annotations.NullMarked;
