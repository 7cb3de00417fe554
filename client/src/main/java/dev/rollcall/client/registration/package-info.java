/**
 * Being found: the handle that registers an instance, keeps it registered and takes it out again.
 * Doors: {@link dev.rollcall.client.registration.Registration} for programs, {@link
 * dev.rollcall.client.registration.Registrations} for the client. The work happens on the event
 * loop; the handle may be used by any thread. Invariant: what was sent under one incarnation never
 * changes, so that repeating it is always safe.
 */
@NullMarked
package dev.rollcall.client.registration;

import org.jspecify.annotations.NullMarked;
