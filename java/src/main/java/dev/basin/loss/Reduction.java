package dev.basin.loss;

/** How the losses of rows become one number, and what the gradient is a gradient of. Losses by row are given besides. */
public enum Reduction {
    /** The sum divided by what is counted; what that is, each loss says. Nothing to divide by gives 0. */
    MEAN,
    /** The sum; also for those who want only the losses by row. */
    SUM
}
