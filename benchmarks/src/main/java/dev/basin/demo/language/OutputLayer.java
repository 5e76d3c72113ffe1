package dev.basin.demo.language;

import dev.basin.Tensor;

/** The last layer of a language model, with its loss: from hidden values {@code [rows, width]} to words. */
interface OutputLayer {
    /**
     * One step of gradient descent on the mean loss, and its gradient by the hidden values.
     *
     * @return the mean loss before the step
     */
    double learn(Tensor hidden, Tensor targets, Tensor gradHidden, double learningRate);

    /**
     * To be called after every step: what now and then keeps a layer accurate that is not stored as its weights.
     *
     * @param steps how many there were
     * @return whether it was time to
     */
    default boolean stabilize(long steps) {
        return false;
    }

    /** The words that are the most likely, the likeliest first, into {@code [rows, k]}. */
    void predict(Tensor hidden, Tensor best);

    /** The mean of {@code -log p} of the targets; NaN where there are no probabilities. */
    double meanSurprise(Tensor hidden, Tensor targets);

    /** Bytes that are kept between steps: weights, what stands for them, and gradients that a step writes. */
    long keptBytes();
}
