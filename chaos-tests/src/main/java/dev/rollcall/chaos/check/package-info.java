/**
 * Judges of what clients saw. {@link dev.rollcall.chaos.check.LinearizabilityChecker} searches for
 * an order in which a sequential model gives every answer; {@link
 * dev.rollcall.chaos.check.RevisionChecker} takes the order that revisions claim and holds every
 * answer to it. They share nothing but the {@link dev.rollcall.chaos.check.HistoryEvent}s that they
 * are shown. Pure: no clock, no thread. {@link dev.rollcall.chaos.check.CheckHistories} is the
 * shell that runs the first over files with known verdicts. docs/reliability.md says more.
 */
@NullMarked
package dev.rollcall.chaos.check;

import org.jspecify.annotations.NullMarked;
