/**
 * Training against the model's own past (Du et al., Sharpness-Aware Training for Free, NeurIPS 2022, arXiv 2205.14083): a loss that
 * keeps the outputs for each example from changing fast, the memory of earlier outputs, and the running average of weights.
 *
 * <pre>{@code
 * var loss = TrajectoryLoss.saf().labelSmoothing(0.1);
 * try (LogitRing ring = LogitRing.allocate(DataType.F16, examples, classes, loss.lag())) {
 *     for (int epoch = 0; epoch < epochs; epoch++) {
 *         for (Batch batch : batches) {                               // batch.indices(): the examples' numbers in the data set
 *             model.forward(batch.inputs(), logits);
 *             ring.write(basin, epoch, batch.indices(), logits);
 *             loss.forwardBackward(basin, epoch, logits, batch.targets(), ring.past(epoch, batch.indices()), gradLogits);
 *             model.backward(gradLogits);
 *             optimizer.step(gradients, learningRate);
 *         }
 *     }
 * }
 * }</pre>
 *
 * MESA takes the past from an average of the weights instead of a memory: {@link dev.basin.trajectory.MovingAverage} and
 * {@link dev.basin.trajectory.TrajectoryLoss#mesa()}.
 */
@NullMarked
package dev.basin.trajectory;

import org.jspecify.annotations.NullMarked;
