/**
 * Online learning: policies that follow the regularised leader, linear estimates of what actions are worth, and optimistic mirror descent.
 *
 * <pre>{@code
 * try (Basin basin = Basin.open()) {
 *     Tensor losses = Tensor.of(cumulativeLosses, states, actions);          // one row a state
 *     Tensor policy = Tensor.of(new float[states * actions], states, actions);
 *     new LogBarrierPolicy(0.05).policy(basin, losses, policy, null);
 * }
 * }</pre>
 */
@NullMarked
package dev.basin.online;

import org.jspecify.annotations.NullMarked;
