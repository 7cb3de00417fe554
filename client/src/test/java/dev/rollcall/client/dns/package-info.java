/** Tests of this room. */
@NullMarked
package dev.rollcall.client.dns;

import org.jspecify.annotations.NullMarked;
