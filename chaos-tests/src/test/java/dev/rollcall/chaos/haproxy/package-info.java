/** Tests of this room. */
@NullMarked
package dev.rollcall.chaos.haproxy;

import org.jspecify.annotations.NullMarked;
