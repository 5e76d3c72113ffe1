package dev.basin.kernel;

/** Normalisation over rows of activations, forward and backward, alone and fused with the residual add. {@code native/include/basin/norm.h} says what each computes. */
public interface NormKernels {}
