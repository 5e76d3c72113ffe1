/**
 * Linear classifiers of two classes, trained on all examples at a time.
 *
 * <pre>{@code
 * float[] theta = new float[columns];
 * LogisticDescent descent = LogisticDescent.normalized(10);
 * while (descent.step(basin, features, labels, Tensor.of(theta), null).correct() < rows) {}
 * }</pre>
 */
@NullMarked
package dev.basin.linear;

import org.jspecify.annotations.NullMarked;
