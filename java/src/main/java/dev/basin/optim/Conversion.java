package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.Tensor;
import java.util.Arrays;

/**
 * Copies between storage types, f32 and bf16: bf16 copies of weights for a forward pass, say.
 *
 * <p>From f32 to bf16 numbers are rounded to nearest, ties to even (half of the last kept bit is added, and its own value if that is
 * odd); a NaN stays one, made quiet, and what is beyond bf16's largest number, 3.39e38, becomes infinite. From bf16 to f32 nothing
 * is lost. 6 bytes of traffic an element.
 */
public final class Conversion {
    private Conversion() {}

    /**
     * Writes {@code source} into {@code target}.
     *
     * @param target of the same shape, in memory of its own
     * @throws IllegalArgumentException naming what does not fit; nothing has changed then
     */
    public static void convert(Basin basin, Tensor source, Tensor target) {
        if (!source.hasShapeOf(target)) {
            throw new IllegalArgumentException(
                    "target must have the shape " + Arrays.toString(source.shape()) + " of the source, got " + target);
        }
        requireContiguous("source", source);
        requireContiguous("target", target);
        basin.kernels().optimizer().convert(
                source.type().code(), source.memory(), target.type().code(), target.memory(), 0, source.size());
    }

    private static void requireContiguous(String name, Tensor tensor) {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException(name + " must have no gaps between rows, got " + tensor);
        }
    }
}
