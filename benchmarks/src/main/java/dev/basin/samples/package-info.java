/**
 * What the samples of other libraries' device memory share; each sample has a module of its own, built by {@code -Psamples} alone.
 */
@NullMarked
package dev.basin.samples;

import org.jspecify.annotations.NullMarked;
