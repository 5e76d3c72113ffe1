package dev.basin.demo;

/** What a training step minimises. */
@FunctionalInterface
interface Objective {
    /** The mean loss of the batch as it is now; leaves the gradients of the parameters in the network. */
    double differentiate();

    /** Hears that another epoch begins, counted from 0. */
    default void beginEpoch(int epoch) {}
}
