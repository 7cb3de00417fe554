/** Tests of the disks that lose things. */
@NullMarked
package dev.rollcall.raft.log.fake;

import org.jspecify.annotations.NullMarked;
