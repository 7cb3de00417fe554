/** Tests of this room. */
@NullMarked
package dev.rollcall.cli.lb;

import org.jspecify.annotations.NullMarked;
