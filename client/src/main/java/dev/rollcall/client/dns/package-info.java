/**
 * Where the nodes are, from DNS: SRV records, or TXT records as fleets of Eureka have them. Door:
 * {@link dev.rollcall.client.dns.DnsDirectory}.
 *
 * <p>Engine room: public for the client's other rooms, not for programs. Edge: {@link
 * dev.rollcall.client.dns.DnsRecords}. Each lookup runs on a thread of its own ({@code
 * rollcall-dns}), a few seconds long at most. Imports nothing but the JDK and {@code transport}.
 */
@NullMarked
package dev.rollcall.client.dns;

import org.jspecify.annotations.NullMarked;
