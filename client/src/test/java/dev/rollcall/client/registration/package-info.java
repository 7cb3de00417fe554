/** Tests of this room. */
@NullMarked
package dev.rollcall.client.registration;

import org.jspecify.annotations.NullMarked;
