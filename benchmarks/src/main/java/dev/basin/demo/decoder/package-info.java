/**
 * A small Pre-LN decoder, written to be read, whose weights are converted to cheaper norms: in double with a backward pass, to hold
 * the conversion to its claims, and in float as a trainer would run it, on any backend.
 */
@NullMarked
package dev.basin.demo.decoder;

import org.jspecify.annotations.NullMarked;
