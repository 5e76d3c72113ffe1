package dev.basin.fallback;

import dev.basin.kernel.NormKernels;

/** Normalisation over rows of activations, in double. */
final class ReferenceNormKernels implements NormKernels {}
