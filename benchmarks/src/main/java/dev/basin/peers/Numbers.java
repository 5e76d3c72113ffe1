package dev.basin.peers;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.util.random.RandomGenerator;

/** The same numbers for every contender. */
public final class Numbers {
    private final Arena arena;
    private final RandomGenerator random;

    public Numbers(Arena arena, long seed) {
        this.arena = arena;
        this.random = new java.util.SplittableRandom(seed);
    }

    public Tensor normal(DataType type, long... shape) {
        Tensor tensor = zeros(type, shape);
        for (long i = 0; i < tensor.size(); i++) {
            tensor.set(i, random.nextGaussian());
        }
        return tensor;
    }

    public Tensor labels(long rows, int classes) {
        Tensor tensor = zeros(DataType.I32, rows);
        for (long i = 0; i < rows; i++) {
            tensor.set(i, random.nextInt(classes));
        }
        return tensor;
    }

    public Tensor zeros(DataType type, long... shape) {
        return Tensor.allocate(arena, type, shape);
    }

    public Tensor copy(Tensor tensor) {
        Tensor copy = zeros(tensor.type(), tensor.shape());
        copy.copyFrom(tensor);
        return copy;
    }

    public static double[] of(Tensor tensor) {
        double[] numbers = new double[Math.toIntExact(tensor.size())];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = tensor.get(i);
        }
        return numbers;
    }

    public static double[] of(float[] values) {
        double[] numbers = new double[values.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = values[i];
        }
        return numbers;
    }

    public static float[] array(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) tensor.get(i);
        }
        return values;
    }
}
