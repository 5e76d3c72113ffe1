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
 *
 * <p>A trained Pre-LN network is described to {@link dev.basin.norm.NormConversion} by a {@link dev.basin.norm.PreNormModel} over
 * the trainer's own weights:
 *
 * <pre>{@code
 * Block block = new Block(new NormParameters(gamma1, beta1), List.of(new Linear(qkv, qkvBias)), new Linear(out, outBias),
 *         new NormParameters(gamma2, beta2), List.of(new Linear(up, upBias)), new Linear(down, downBias));
 * PreNormModel model = new PreNormModel(NormKind.LAYER_NORM, List.of(tokens, positions), List.of(), List.of(block),
 *         new NormParameters(gamma, beta), new Linear(head, null));
 * PreNormModel converted = NormConversion.toPreRmsNorm(model).model();             // the same function, with RmsNorm
 * }</pre>
 */
@NullMarked
package dev.basin.norm;

import org.jspecify.annotations.NullMarked;
