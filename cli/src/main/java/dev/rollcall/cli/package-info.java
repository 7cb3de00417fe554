/**
 * {@code registryctl}: the registry for people and scripts. Door: {@link
 * dev.rollcall.cli.RegistryCtl}. One file per verb; what they share is {@link
 * dev.rollcall.cli.GlobalOptions} (how to connect, how to print), {@link dev.rollcall.cli.Json}
 * (the field names that scripts rely on) and {@link dev.rollcall.cli.ExitCode}. Stands on the
 * client library alone.
 */
@NullMarked
package dev.rollcall.cli;

import org.jspecify.annotations.NullMarked;
