/** Losses over rows of logits, with their gradients in the same pass. */
@NullMarked
package dev.basin.loss;

import org.jspecify.annotations.NullMarked;
