package dev.basin.fallback;

import dev.basin.kernel.TrajectoryKernels;

/** Losses against the model's own past, in double. */
final class ReferenceTrajectoryKernels implements TrajectoryKernels {}
