/**
 * Keys and values beside the services, on the same revisions and in the same change log. Door:
 * {@link dev.rollcall.store.kv.KeyTable}, written on the apply thread only; any thread reads all
 * keys of one revision. Knows nothing of rows and messages.
 *
 * <p>The keys are a tree that is never changed: an edit makes another, which shares nearly all of
 * it. A command is tried on such a tree first ({@link dev.rollcall.store.kv.KeyDraft}) and carried
 * out only when all of it may happen.
 */
@NullMarked
package dev.rollcall.store.kv;

import org.jspecify.annotations.NullMarked;
