/** Tests of this room. */
@NullMarked
package dev.rollcall.client.keys;

import org.jspecify.annotations.NullMarked;
