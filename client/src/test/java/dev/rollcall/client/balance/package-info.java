/** Tests of this room. */
@NullMarked
package dev.rollcall.client.balance;

import org.jspecify.annotations.NullMarked;
