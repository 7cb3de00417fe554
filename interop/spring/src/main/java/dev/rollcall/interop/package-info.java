/** An application of Spring Cloud that discovers by Eureka. */
package dev.rollcall.interop;
