/**
 * Keys and values beside the services: read, written, compared and changed in one step, kept at
 * hand. Doors: {@link dev.rollcall.client.keys.KeyValues} for programs, {@link
 * dev.rollcall.client.keys.WriteSession} for the client. Any thread. Invariant: every write is
 * numbered within a session of the registry, so that it takes effect once however often it is sent;
 * one whose outcome is unknown is never sent again under another number.
 */
@NullMarked
package dev.rollcall.client.keys;

import org.jspecify.annotations.NullMarked;
