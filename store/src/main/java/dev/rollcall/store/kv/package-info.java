/**
 * Keys and values beside the services, on the same revisions and in the same change log. Door:
 * {@link dev.rollcall.store.kv.KeyEntry}. Knows nothing of rows and messages.
 */
@NullMarked
package dev.rollcall.store.kv;

import org.jspecify.annotations.NullMarked;
