package dev.basin.spec;

/** Inputs that break careless kernels; every spec is held to all that apply to it. */
public enum HardCase {
    /** Small integers, so that equal numbers meet. */
    TIES,
    /** Numbers of magnitude 80, where single exponentials of differences underflow. */
    SATURATED,
    /** Some numbers negative infinity. */
    NEGATIVE_INFINITY,
    /** One number positive infinity. */
    POSITIVE_INFINITY,
    /** A row of NaN among good rows. */
    NAN_ROW,
    /** A row of nothing but negative infinity among good rows. */
    NEGATIVE_INFINITY_ROW,
    /** The last dimension is 1. */
    ONE_COLUMN,
    /** The first dimension is 0. */
    EMPTY,
    /** Every last dimension from the smallest allowed to 70. */
    ODD_TAILS,
    /** Rows longer than any block that a kernel works in. */
    LONG_ROW,
    /** Gaps between rows. */
    STRIDED,
    /** Outputs written over inputs. */
    IN_PLACE,
    /** Arrays instead of off-heap memory. */
    HEAP,
    /** Memory that only the calling thread may touch. */
    CONFINED,
    /** Enough work for every thread. */
    PARALLEL
}
