/** Tests of this room. */
@NullMarked
package dev.rollcall.client.keepalive;

import org.jspecify.annotations.NullMarked;
