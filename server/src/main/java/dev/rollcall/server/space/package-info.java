/**
 * What a node does about its disk filling up. Door: {@link dev.rollcall.server.space.DiskSpace},
 * turned by one thread; whether the disk is low may be asked by any. Knows nothing of what is
 * refused meanwhile.
 */
@NullMarked
package dev.rollcall.server.space;

import org.jspecify.annotations.NullMarked;
