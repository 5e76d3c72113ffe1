package dev.basin.spec;

import java.util.random.RandomGenerator;

/** Writes the numbers of a hard case over those of a random one. */
final class HardValues {
    private HardValues() {}

    static void fill(HardCase hardCase, Value value, RandomGenerator random) {
        double[] data = value.data();
        if (data.length == 0) {
            return;
        }
        int columns = Math.toIntExact(value.shape()[value.shape().length - 1]);
        int row = random.nextInt(data.length / columns) * columns;
        switch (hardCase) {
            case TIES -> replaceAll(data, () -> random.nextInt(-2, 3));
            case SATURATED -> replaceAll(data, () -> random.nextBoolean() ? 80 : -80);
            case NEGATIVE_INFINITY -> replaceSome(data, random, Double.NEGATIVE_INFINITY);
            case POSITIVE_INFINITY -> data[random.nextInt(data.length)] = Double.POSITIVE_INFINITY;
            case NAN_ROW -> java.util.Arrays.fill(data, row, row + columns, Double.NaN);
            case NEGATIVE_INFINITY_ROW -> java.util.Arrays.fill(data, row, row + columns, Double.NEGATIVE_INFINITY);
            default -> throw new IllegalArgumentException(hardCase + " is a shape or a layout, not numbers");
        }
    }

    private static void replaceAll(double[] data, java.util.function.DoubleSupplier numbers) {
        for (int i = 0; i < data.length; i++) {
            data[i] = numbers.getAsDouble();
        }
    }

    private static void replaceSome(double[] data, RandomGenerator random, double number) {
        for (int i = 0; i < data.length; i++) {
            if (random.nextInt(4) == 0) {
                data[i] = number;
            }
        }
    }
}
