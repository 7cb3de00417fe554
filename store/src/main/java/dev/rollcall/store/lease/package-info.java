/**
 * Leases: what keeps instances and keys alive. Door: {@link dev.rollcall.store.lease.LeaseTable},
 * written and read on the apply thread only. Knows what a lease carries and how long it lives
 * without renewal; when it was renewed last is not in the log and not in here, the leader's memory
 * has it. Reads no clock.
 *
 * <p>Made for a million leases: columns of arrays by slot, found by {@link
 * dev.rollcall.store.lease.SlotIndex}, which the leader's deadlines use too. A {@link
 * dev.rollcall.store.lease.Lease} is made when somebody asks for one.
 */
@NullMarked
package dev.rollcall.store.lease;

import org.jspecify.annotations.NullMarked;
