/** Optimizers: one step over many tensors in one call. */
@NullMarked
package dev.basin.optim;

import org.jspecify.annotations.NullMarked;
