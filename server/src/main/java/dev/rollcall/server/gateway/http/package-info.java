/**
 * What all HTTP facades of the registry share. Door: {@link
 * dev.rollcall.server.gateway.http.Gateway}, which asks its {@link
 * dev.rollcall.server.gateway.http.HttpRoutes} in turn.
 *
 * <p>Handlers run on virtual threads, block, and own nothing: writes and keepalives go through
 * {@link dev.rollcall.server.gateway.http.RegistryCalls}, reads through the published snapshots of
 * the store. The one place where a reason becomes an HTTP status is {@link
 * dev.rollcall.server.gateway.http.HttpErrors}. Only {@code Gateway} knows Jetty.
 */
@NullMarked
package dev.rollcall.server.gateway.http;

import org.jspecify.annotations.NullMarked;
