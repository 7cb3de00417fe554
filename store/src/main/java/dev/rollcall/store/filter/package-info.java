/**
 * Which instances of a service are wanted, as an expression: {@link
 * dev.rollcall.store.filter.Filter}. The language is that of Consul's filters and more;
 * docs/filter.md has it whole.
 *
 * <p>Text → {@code Lexer} → tokens → {@code Parser} → {@code Expression}, which is asked about one
 * instance at a time. Nothing in here knows of services, revisions or requests.
 */
@NullMarked
package dev.rollcall.store.filter;

import org.jspecify.annotations.NullMarked;
