/** An application that uses Netflix's own Eureka client. */
package dev.rollcall.interop;
