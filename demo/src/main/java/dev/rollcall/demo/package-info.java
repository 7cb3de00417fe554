/**
 * The programs of the quickstart. Doors: {@link dev.rollcall.demo.Quickstart} (starts three nodes
 * and three services, calls them, shows it; {@code --check} holds it to figures) and {@link
 * dev.rollcall.demo.DemoService} (one service process that registers itself). Everything real:
 * processes, ports, HTTP. Uses the client library as any application would.
 */
@NullMarked
package dev.rollcall.demo;

import org.jspecify.annotations.NullMarked;
