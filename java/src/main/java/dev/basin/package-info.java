/**
 * The entry point: {@link dev.basin.Basin} opens a backend, {@link dev.basin.Tensor} names memory that the caller owns.
 *
 * <pre>{@code
 * try (Basin basin = Basin.open()) {
 *     var loss = new CrossEntropy().labelSmoothing(0.1);
 *     double mean = loss.forwardBackward(basin, Tensor.of(logits, rows, classes), Tensor.of(targets), Tensor.of(grad, rows, classes));
 * }
 * }</pre>
 */
@NullMarked
package dev.basin;

import org.jspecify.annotations.NullMarked;
