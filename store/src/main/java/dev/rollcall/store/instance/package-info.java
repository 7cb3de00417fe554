/**
 * Services and their instances: the values ({@link dev.rollcall.store.instance.Instance} and its
 * parts, which refuse what the interface forbids) and the hot state on the heap. Written on the
 * apply thread; read from any thread through immutable snapshots. Knows nothing of gRPC, Raft or
 * RocksDB.
 */
@NullMarked
package dev.rollcall.store.instance;

import org.jspecify.annotations.NullMarked;
