/** Spring's Eureka server, which Rollcall's answers are compared with. */
package dev.rollcall.interop;
