/** Tests of this room. */
@NullMarked
package dev.rollcall.client.transport;

import org.jspecify.annotations.NullMarked;
