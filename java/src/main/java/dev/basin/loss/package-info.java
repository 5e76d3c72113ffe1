/**
 * Losses over rows of logits, with their gradients in the same pass.
 *
 * <pre>{@code
 * try (Basin basin = Basin.open(); Arena arena = Arena.ofConfined()) {
 *     Tensor logits = Tensor.allocate(arena, DataType.F32, 128, 50_257);     // what the output layer wrote
 *     Tensor targets = Tensor.of(labels);                                    // an int[128]
 *     ClassificationLoss<?> loss = new CrossEntropy().labelSmoothing(0.1);
 *     double mean = loss.forwardBackward(basin, logits, targets, logits);    // the gradient, over the logits
 * }
 * }</pre>
 *
 * {@link dev.basin.loss.FocalCrossEntropy} and {@link dev.basin.loss.CompSum} are called in the same way;
 * {@link dev.basin.loss.SoftCrossEntropy} takes probabilities for labels.
 */
@NullMarked
package dev.basin.loss;

import org.jspecify.annotations.NullMarked;
