/**
 * Tests of the core: units beside their subject, the paper rule by rule, told scenarios (golden
 * files in src/test/testdata) and a seeded group under random faults.
 */
@NullMarked
package dev.rollcall.raft.core;

import org.jspecify.annotations.NullMarked;
