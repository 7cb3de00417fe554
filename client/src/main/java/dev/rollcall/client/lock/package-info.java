/**
 * Locks and leader elections, made of leases and keys: a contender puts a key of its own under a
 * lease that it keeps, and the one whose key was made first holds the place until its key goes.
 * Doors: {@link dev.rollcall.client.lock.Lock} and {@link dev.rollcall.client.lock.LeaderElection}
 * for programs, {@link dev.rollcall.client.lock.Contests} for the client. docs/keys.md has the
 * recipe for other languages.
 *
 * <p>Invariant: who holds a place is told that it is lost before the registry can give it to
 * another, as far as a process can be told anything in time; against those that cannot, the fencing
 * tokens of one place grow strictly.
 */
@NullMarked
package dev.rollcall.client.lock;

import org.jspecify.annotations.NullMarked;
