/**
 * Sharpness-aware minimisation, steps with the gradient at the worst point nearby, around any optimizer; and
 * {@link dev.basin.sharpness.Useful}, which says what to show more often, from clusters that {@link dev.basin.sharpness.KMeans} makes.
 *
 * <pre>{@code
 * var sgd = Sgd.over(basin, parameters, Sgd.Options.defaults().momentum(0.9));
 * var sam = SharpnessAware.over(basin, sgd, SharpnessOptions.asam());
 * for (Batch batch : batches) {
 *     model.backward(batch, gradients);      // at the weights
 *     sam.perturb(gradients);                // moves them uphill
 *     model.backward(batch, gradients);      // there
 *     sam.step(gradients, learningRate);     // moves them back, and steps
 * }
 * }</pre>
 */
@NullMarked
package dev.basin.sharpness;

import org.jspecify.annotations.NullMarked;
