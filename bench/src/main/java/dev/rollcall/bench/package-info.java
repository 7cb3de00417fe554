/**
 * Benchmarks, each beside what the machine can do in the same run; docs/benchmarks.md has the
 * commands and the figures. Door: {@code bin/bench}.
 */
@NullMarked
package dev.rollcall.bench;

import org.jspecify.annotations.NullMarked;
