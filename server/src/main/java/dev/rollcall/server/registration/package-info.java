/**
 * Being found: the gRPC service {@code rollcall.v1.Registration}. Door: {@link
 * dev.rollcall.server.registration.RegistrationService}. Parses a request once into a command,
 * hands it to the registry's one door, and answers with what comes back.
 *
 * <p>Requests run on Netty event loops and never block; answers are given on whatever thread has
 * the outcome, mostly the apply thread. Owns nothing but the order of answers within a keepalive
 * stream.
 */
@NullMarked
package dev.rollcall.server.registration;

import org.jspecify.annotations.NullMarked;
