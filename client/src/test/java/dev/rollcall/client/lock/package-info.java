/** Tests of this room. */
@NullMarked
package dev.rollcall.client.lock;

import org.jspecify.annotations.NullMarked;
