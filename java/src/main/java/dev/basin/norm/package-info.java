/**
 * Normalisation over rows of activations, forward and backward, alone and fused with the residual add before it, and what turns
 * a network with LayerNorm into the same function with RMSNorm or compressed RMSNorm (Jiang, Gu, Zhu and Pan, arXiv 2305.14858).
 *
 * <p>A Pre-LN block adds a branch to the residual stream and normalises the sum for the next one, in one pass:
 *
 * <pre>{@code
 * try (Basin basin = Basin.open(); Arena arena = Arena.ofConfined()) {
 *     RowNorm<?> norm = new LayerNorm().epsilon(1e-6);
 *     Tensor residual = Tensor.allocate(arena, DataType.F32, 512, 768);
 *     Tensor branch = Tensor.allocate(arena, DataType.F32, 512, 768);
 *     Tensor y = Tensor.allocate(arena, DataType.F32, 512, 768);
 *     NormStatistics statistics = norm.allocateStatistics(arena, residual);
 *     NormParameters affine = new NormParameters(gamma, beta);
 *     norm.addForward(basin, residual, branch, affine, residual, y, statistics);     // residual += branch, y = norm of it
 *
 *     NormGradients gradients = new NormGradients(gradGamma, gradBeta).accumulate(true);
 *     norm.addBackward(basin, gradY, gradResidual, residual, affine, statistics, gradResidual, gradients);
 * }
 * }</pre>
 *
 * {@link dev.basin.norm.RmsNorm} and {@link dev.basin.norm.CrmsNorm} are called in the same way.
 */
@NullMarked
package dev.basin.norm;

import org.jspecify.annotations.NullMarked;
