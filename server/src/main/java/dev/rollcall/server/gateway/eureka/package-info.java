/**
 * Eureka's HTTP interface, for clients that were written for Netflix Eureka. Door: {@link
 * dev.rollcall.server.gateway.eureka.EurekaRoutes}.
 *
 * <p>A Eureka instance is an ordinary instance of the registry (docs/adr/0013): what Eureka has and
 * we have not is kept in reserved metadata and given back. Inside this room an instance is a JSON
 * object in Eureka's shape; XML is another spelling of it ({@code XmlReader}, {@code XmlWriter}).
 * Lists are answered from one immutable view of the registry ({@code RegistryView}), so that apps,
 * hash and delta belong together.
 *
 * <p>Handlers run on virtual threads and block; they never touch what the apply thread owns. Knows
 * neither Raft nor Jetty nor gRPC services.
 */
@NullMarked
package dev.rollcall.server.gateway.eureka;

import org.jspecify.annotations.NullMarked;
