package dev.basin.spec;

import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

/** Draws the numbers of a random input. */
@FunctionalInterface
public interface Sampler {
    /** One number; {@code sizes} gives the size of a dimension by its symbol. */
    double next(RandomGenerator random, ToLongFunction<String> sizes);

    /** All numbers of a tensor in row-major order. */
    default void fill(RandomGenerator random, ToLongFunction<String> sizes, double[] data) {
        for (int i = 0; i < data.length; i++) {
            data[i] = next(random, sizes);
        }
    }

    /** Square matrices {@code I + A A' / size} with A uniform between -2 and 2. */
    static Sampler positiveDefinite() {
        return new Sampler() {
            @Override
            public double next(RandomGenerator random, ToLongFunction<String> sizes) {
                throw new UnsupportedOperationException("a matrix is drawn as a whole");
            }

            @Override
            public void fill(RandomGenerator random, ToLongFunction<String> sizes, double[] data) {
                int size = (int) Math.sqrt(data.length);
                double[] a = random.doubles(data.length, -2, 2).toArray();
                for (int i = 0; i < data.length; i++) {
                    data[i] = i / size == i % size ? 1 : 0;
                    for (int k = 0; k < size; k++) {
                        data[i] += a[i / size * size + k] * a[i % size * size + k] / size;
                    }
                }
            }
        };
    }

    /** The normal distribution around zero. */
    static Sampler normal(double deviation) {
        return (random, sizes) -> deviation * random.nextGaussian();
    }

    /** Multiples of 1/2 up to a bound: below 64 the sum of two has no more digits than bf16 holds. */
    static Sampler halves(int bound) {
        return (random, sizes) -> random.nextInt(-2 * bound, 2 * bound + 1) / 2.0;
    }

    static Sampler uniform(double low, double high) {
        return (random, sizes) -> low + (high - low) * random.nextDouble();
    }

    /** 0 or 1. */
    static Sampler coin() {
        return (random, sizes) -> random.nextInt(2);
    }

    /** Labels below the size of a dimension, one in ten of them {@code ignored}. */
    static Sampler labels(String classes, int ignored) {
        return (random, sizes) -> random.nextInt(10) == 0 ? ignored : random.nextLong(sizes.applyAsLong(classes));
    }

    /** Labels below the size of a dimension. */
    static Sampler labels(String classes) {
        return (random, sizes) -> random.nextLong(sizes.applyAsLong(classes));
    }
}
