/**
 * The real side of the {@link dev.rollcall.store.OrderedStore} edge: RocksDB. The only importer of
 * org.rocksdb. Door: {@link dev.rollcall.store.rocks.RocksOrderedStore}.
 */
@NullMarked
package dev.rollcall.store.rocks;

import org.jspecify.annotations.NullMarked;
