/** Tests of this room. */
@NullMarked
package dev.rollcall.client.changes;

import org.jspecify.annotations.NullMarked;
