package dev.basin.optim;

import dev.basin.Tensor;

/**
 * A tensor that an optimizer updates, under the name by which its state is saved and reported.
 *
 * @param tensor contiguous
 */
public record Parameter(String name, Tensor tensor) {
    public Parameter {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException("parameter " + name + " must have no gaps between rows, got " + tensor);
        }
    }
}
