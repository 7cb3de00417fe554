/** Tests of the log: against a model, through crashes, and with damage. */
@NullMarked
package dev.rollcall.raft.log;

import org.jspecify.annotations.NullMarked;
