/**
 * Programs that nobody here wrote, against real nodes: applications of Netflix's client and of
 * Spring Cloud, and Spring's Eureka server to compare answers with. Doors: {@link
 * dev.rollcall.chaos.interop.EurekaCheck} ({@code bin/eureka-check}). The programs are below {@code
 * interop/}, a build of its own.
 */
@NullMarked
package dev.rollcall.chaos.interop;

import org.jspecify.annotations.NullMarked;
