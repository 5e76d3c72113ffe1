package dev.basin.demo;

import dev.basin.Tensor;

/**
 * The digits of a training step. One batch serves a whole training: each step fills it again.
 *
 * @param pixels {@code [rows, 64]}
 * @param labels {@code [rows]}
 * @param indices {@code [rows]}: which of the digits to learn from
 * @param targets the labels as a loss wants them: the same memory
 * @param examples the indices likewise
 * @param count how many digits there are to learn from
 */
record Batch(float[] pixels, int[] labels, int[] indices, Tensor targets, Tensor examples, int count) {
    static Batch ofRows(int rows, int count) {
        int[] labels = new int[rows];
        int[] indices = new int[rows];
        return new Batch(new float[rows * Digits.PIXELS], labels, indices, Tensor.of(labels), Tensor.of(indices), count);
    }

    int rows() {
        return labels.length;
    }

    /** Takes {@code rows()} digits, in this order from {@code first} on. */
    void fill(Digits digits, int[] order, int first) {
        for (int i = 0; i < labels.length; i++) {
            int index = order[first + i];
            System.arraycopy(digits.pixels(), index * Digits.PIXELS, pixels, i * Digits.PIXELS, Digits.PIXELS);
            labels[i] = digits.labels()[index];
            indices[i] = index;
        }
    }
}
