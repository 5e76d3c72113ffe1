package dev.basin.fallback;

import dev.basin.kernel.SharpnessKernels;

/** Perturbations towards the sharpest direction nearby, in double. */
final class ReferenceSharpnessKernels implements SharpnessKernels {}
