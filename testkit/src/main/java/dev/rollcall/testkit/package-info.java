/**
 * What the tests of several modules are written with: seeds, fuzz targets, golden stories. No
 * module ships it.
 */
@NullMarked
package dev.rollcall.testkit;

import org.jspecify.annotations.NullMarked;
