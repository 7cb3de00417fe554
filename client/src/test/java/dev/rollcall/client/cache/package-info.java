/** Tests of this room. */
@NullMarked
package dev.rollcall.client.cache;

import org.jspecify.annotations.NullMarked;
