package dev.rollcall.store;

/**
 * The registry at one moment.
 *
 * @param lastApplied index of the last applied entry, 0 when there is none
 * @param revision of the last change, 0 when there is none
 * @param compactRevision lowest revision that the change log holds; one more than {@code revision}
 *     when it holds none
 * @param digest over everything applied; equal on every node at the same {@code lastApplied}
 * @param instances registered, whatever their status
 * @param leases held
 * @param sessions open
 * @param featureLevel that the cluster has agreed on; see {@link Features}
 */
public record StoreStatus(
    long lastApplied,
    long revision,
    long compactRevision,
    Digest digest,
    int instances,
    int leases,
    int sessions,
    int featureLevel) {}
