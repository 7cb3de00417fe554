/**
 * Client sessions: what makes a repeated write harmless. Door: {@link
 * dev.rollcall.store.request.SessionTable}, on the apply thread only. A session keeps the outcomes
 * of its writes from the lowest sequence that its client does not know of; whatever is lower is
 * never executed again. A session ends an hour of replicated wall clock after its last write.
 */
@NullMarked
package dev.rollcall.store.request;

import org.jspecify.annotations.NullMarked;
