/** Tests of the first start: by hand in one thread, with a crash between every two steps. */
@NullMarked
package dev.rollcall.raft.bootstrap;

import org.jspecify.annotations.NullMarked;
