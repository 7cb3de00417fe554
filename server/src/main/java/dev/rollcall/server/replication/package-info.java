/**
 * Between the clients' requests and the replicated state. Door: {@link
 * dev.rollcall.server.replication.Registry} (submit, renew, read). Edge: {@link
 * dev.rollcall.server.replication.LeaderLink}, the way to the leader's node. Has no thread, reads
 * no clock but the one it is given, knows nothing of gRPC or protobuf: the simulator runs exactly
 * these classes.
 *
 * <p><b>Threads.</b> The door takes calls from any thread; a request's state is under its own short
 * lock, and no lock is held while anything outside is called. Whatever happens to leases happens on
 * the apply thread, between the entries it applies.
 *
 * <p><b>A write</b> is proposed where the leader is, by one hop at most, and tried again only while
 * it is certain that nothing was executed, or that executing it twice has the effect of once.
 *
 * <p><b>Leases.</b> Deadlines are in the memory of the leader, in <i>lease time</i>: a clock that
 * stands still unless this node leads, a quorum says so, and its process is awake, and that never
 * runs faster than real time. The end of a lease is a command in the log, made by the leader alone.
 *
 * <p><i>Nobody is removed who was told to be alive.</i> Let a renewal arrive at moment a and be
 * answered "alive, TTL" by the leader of term T. Then no command that ends the lease is appended
 * before a + TTL:
 *
 * <ol>
 *   <li>By the same leader in term T: the answer means the deadline moved to present lease time +
 *       TTL after a, and lease time passes no faster than time. If the end was proposed already,
 *       the answer waited until that was applied (then it is "gone") or certainly never would be.
 *   <li>By a leader of a later term: the round that confirmed term T began after a, so every later
 *       leader was elected after a. It gives each lease its full TTL when its own no-op is applied,
 *       later still.
 *   <li>By a leader of an earlier term: its command carries that term, so in the log of T it stands
 *       before the no-op of T or not at all, and for good. Renewals are answered only after that
 *       no-op is applied; so the end was applied before, and the answer would have been "gone".
 *   <li>By nobody else: such a command is never forwarded, and what a node decided while it led one
 *       term it does not propose in another.
 * </ol>
 *
 * <p>A registration names its lease as alive as well, and stands in the log itself, so the end may
 * have been proposed behind it before it is applied. Then it is not answered but asked again,
 * behind that end ({@link dev.rollcall.server.replication.LeaseExpirer#isOvertaken}).
 *
 * <p>A pause of the leader moves lease time by one step of 200 ms at most; a follower's pause, a
 * jump of a wall clock and a restart do not touch it; in a partition the side without quorum has no
 * lease time.
 *
 * <p><i>Who is silent is removed.</i> While one leader holds a quorum: TTL + 100 ms (slots) + one
 * confirmation (a heartbeat) + one commit after the last renewal, in lease time. Each change of
 * leader may add one TTL.
 *
 * <p><i>Unless too many are silent.</i> When more leases of a namespace lapse in a window of lease
 * time than may, its guard is engaged through the log before any of those is proposed to end
 * ({@link dev.rollcall.server.replication.ExpiryGuard}): at most the threshold's worth goes at
 * once. What lapses while it is engaged is suspect, a trickle of it ends, and a renewal is answered
 * at once as ever; that the lease is trusted again follows through the log.
 */
@NullMarked
package dev.rollcall.server.replication;

import org.jspecify.annotations.NullMarked;
