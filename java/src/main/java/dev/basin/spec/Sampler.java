package dev.basin.spec;

import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

/** Draws the numbers of a random input. */
@FunctionalInterface
public interface Sampler {
    /** One number; {@code sizes} gives the size of a dimension by its symbol. */
    double next(RandomGenerator random, ToLongFunction<String> sizes);

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
