/**
 * The Java client of a Rollcall registry. Door: {@link dev.rollcall.client.RegistryClient}; beside
 * it the values that go in and out and the one family of failures. Handles live in {@code
 * registration}, {@code cache}, {@code changes}, {@code keys} and {@code lock}, choosing in {@code
 * balance}; {@code transport}, {@code keepalive} and {@code watch} are engine rooms whose public
 * types are not meant for programs.
 *
 * <p>Threads: all mutable state belongs to one thread per client ({@code rollcall-client});
 * listeners and futures of users run on another ({@code rollcall-callbacks}). Generated message
 * classes do not appear in this package's interface.
 */
@NullMarked
package dev.rollcall.client;

import org.jspecify.annotations.NullMarked;
