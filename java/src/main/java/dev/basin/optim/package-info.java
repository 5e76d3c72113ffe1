/**
 * Optimizers: one step over many tensors in one call.
 *
 * <pre>{@code
 * try (Basin basin = Basin.open()) {
 *     AdamW optimizer = AdamW.over(basin, List.of(Tensor.of(weights), Tensor.of(biases)), AdamW.Options.defaults());
 *     GlobalNormClip clip = new GlobalNormClip(1.0);
 *     for (int step = 0; step < steps; step++) {
 *         Gradients gradients = Gradients.of(List.of(Tensor.of(weightGradients), Tensor.of(biasGradients)));
 *         optimizer.step(clip.apply(basin, gradients).gradients(), 1e-3);    // the learning rate of this step
 *     }
 * }
 * }</pre>
 *
 * Another optimizer is another constructor: {@link dev.basin.optim.Lion}, {@link dev.basin.optim.Sgd},
 * {@link dev.basin.optim.Adafactor}.
 */
@NullMarked
package dev.basin.optim;

import org.jspecify.annotations.NullMarked;
