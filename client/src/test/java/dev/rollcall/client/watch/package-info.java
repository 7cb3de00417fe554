/** Tests of this room. */
@NullMarked
package dev.rollcall.client.watch;

import org.jspecify.annotations.NullMarked;
