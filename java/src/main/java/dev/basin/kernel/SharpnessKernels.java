package dev.basin.kernel;

/** Perturbations towards the sharpest direction nearby, and the way back. {@code native/include/basin/sharpness.h} says what each computes. */
public interface SharpnessKernels {}
