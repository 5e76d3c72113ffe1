package dev.basin.kernel;

/** Losses against the model's own past, and running averages of weights. {@code native/include/basin/trajectory.h} says what each computes. */
public interface TrajectoryKernels {}
