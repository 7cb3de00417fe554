/** Tests of this room. */
@NullMarked
package dev.rollcall.client.snapshot;

import org.jspecify.annotations.NullMarked;
