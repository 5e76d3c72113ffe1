package dev.basin.demo.language;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Tensors of a model, outside of the heap; they live as long as something refers to them. */
final class Weights {
    private Weights() {}

    static Tensor zeros(long... shape) {
        return Tensor.allocate(Arena.ofAuto(), DataType.F32, shape);
    }

    /** Uniform around 0 with variance {@code 1 / columns}, which keeps that of what flows through. */
    static Tensor random(SplittableRandom random, long... shape) {
        Tensor weights = zeros(shape);
        double bound = Math.sqrt(3.0 / weights.columns());
        for (long i = 0; i < weights.size(); i++) {
            weights.memory().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-bound, bound));
        }
        return weights;
    }

    static long bytes(Tensor... tensors) {
        long bytes = 0;
        for (Tensor tensor : tensors) {
            bytes += tensor.size() * tensor.type().byteSize();
        }
        return bytes;
    }
}
