package dev.basin.norm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The forms that a norm comes in say the same: after an add, added to gradients, with bf16 parameters, in mixed types. */
class NormFormsTest {
    private static final int ROWS = 75;
    private static final int WIDTH = 37;

    private final Arena arena = Arena.ofAuto();
    private final Random random = new Random(4);

    @TestFactory
    Stream<DynamicTest> afterAnAddItIsTheNormOfTheSumToTheBit() {
        return everywhere(this::afterAnAdd);
    }

    private void afterAnAdd(Basin basin, RowNorm<?> norm) {
        for (DataType stream : new DataType[] {DataType.F32, DataType.BF16}) {
            for (DataType inner : new DataType[] {DataType.F32, DataType.BF16}) {
                Tensor residual = matrix(stream);
                Tensor sum = matrix(stream);
                Tensor fused = matrix(inner);
                Tensor plain = matrix(inner);
                NormParameters parameters = parameters(norm, DataType.F32);
                norm.addForward(basin, residual, matrix(inner), parameters, sum, fused, NormStatistics.NONE);
                norm.forward(basin, sum, parameters, plain);
                assertSame(plain, fused);
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> theGradientPastTheNormIsAdded() {
        return everywhere(this::addsThePast);
    }

    private void addsThePast(Basin basin, RowNorm<?> norm) {
        Tensor x = matrix(DataType.F32);
        Tensor gradY = matrix(DataType.F32);
        Tensor past = matrix(DataType.F32);
        NormParameters parameters = parameters(norm, DataType.F32);
        NormStatistics statistics = forward(basin, norm, x, parameters);
        Tensor alone = matrix(DataType.F32);
        Tensor both = matrix(DataType.F32);
        norm.backward(basin, gradY, x, parameters, statistics, alone, NormGradients.NONE);
        norm.addBackward(basin, gradY, past, x, parameters, statistics, both, NormGradients.NONE);
        for (long i = 0; i < both.size(); i++) {
            assertEquals(alone.get(i) + past.get(i), both.get(i), 1e-6 * Math.max(1, Math.abs(both.get(i))));
        }
    }

    @TestFactory
    Stream<DynamicTest> parameterGradientsAreAddedOrStored() {
        return everywhere(this::accumulates);
    }

    private void accumulates(Basin basin, RowNorm<?> norm) {
        Tensor x = matrix(DataType.F32);
        Tensor gradY = matrix(DataType.F32);
        NormParameters parameters = parameters(norm, DataType.F32);
        NormStatistics statistics = forward(basin, norm, x, parameters);
        boolean hasBeta = parameters.beta() != null;
        Tensor stored = vector(DataType.F32);
        Tensor storedBeta = vector(DataType.F32);
        NormGradients gradients = new NormGradients(stored, hasBeta ? storedBeta : null);
        norm.backward(basin, gradY, x, parameters, statistics, matrix(DataType.F32), gradients);
        Tensor added = vector(DataType.F32);
        Tensor addedBeta = vector(DataType.F32);
        double[] before = values(added);
        double[] beforeBeta = values(addedBeta);
        norm.backward(basin, gradY, x, parameters, statistics, matrix(DataType.F32),
                new NormGradients(added, hasBeta ? addedBeta : null).accumulate(true));
        for (int k = 0; k < WIDTH; k++) {
            assertEquals(before[k] + stored.get(k), added.get(k), 1e-6 * (1 + Math.abs(before[k]) + Math.abs(stored.get(k))));
            assertEquals(hasBeta ? beforeBeta[k] + storedBeta.get(k) : beforeBeta[k], addedBeta.get(k), 1e-5);
        }
    }

    @TestFactory
    Stream<DynamicTest> bf16ParametersAreTheirValuesInF32() {
        return everywhere(this::takesHalfParameters);
    }

    private void takesHalfParameters(Basin basin, RowNorm<?> norm) {
        NormParameters half = parameters(norm, DataType.BF16);
        NormParameters single = new NormParameters(widened(half.gamma()), widened(half.beta()));
        Tensor x = matrix(DataType.F32);
        Tensor gradY = matrix(DataType.F32);
        Tensor[] results = {matrix(DataType.F32), matrix(DataType.F32), matrix(DataType.F32), matrix(DataType.F32)};
        NormStatistics statistics = norm.allocateStatistics(arena, x);
        norm.forward(basin, x, half, results[0], statistics);
        norm.forward(basin, x, single, results[1], statistics);
        norm.backward(basin, gradY, x, half, statistics, results[2], NormGradients.NONE);
        norm.backward(basin, gradY, x, single, statistics, results[3], NormGradients.NONE);
        assertSame(results[1], results[0]);
        assertSame(results[3], results[2]);
    }

    @TestFactory
    Stream<DynamicTest> gradientsOfABf16ParameterAreRoundedOnce() {
        return everywhere(this::roundsParameterGradientsOnce);
    }

    private void roundsParameterGradientsOnce(Basin basin, RowNorm<?> norm) {
        Tensor x = matrix(DataType.F32);
        Tensor gradY = matrix(DataType.F32);
        NormStatistics statistics = forward(basin, norm, x, NormParameters.NONE);
        Tensor single = vector(DataType.F32);
        Tensor half = vector(DataType.BF16);
        norm.backward(basin, gradY, x, NormParameters.NONE, statistics, matrix(DataType.F32), new NormGradients(single));
        norm.backward(basin, gradY, x, NormParameters.NONE, statistics, matrix(DataType.F32), new NormGradients(half));
        Tensor rounded = vector(DataType.BF16);
        for (int k = 0; k < WIDTH; k++) {
            rounded.set(k, single.get(k));
        }
        for (int k = 0; k < WIDTH; k++) {
            assertEquals(rounded.get(k), half.get(k), Math.abs(rounded.get(k)) * 0x1p-7);
        }
    }

    @TestFactory
    Stream<DynamicTest> aNaNStaysInItsRow() {
        return everywhere(this::keepsNaNInItsRow);
    }

    private void keepsNaNInItsRow(Basin basin, RowNorm<?> norm) {
        Tensor x = matrix(DataType.F32);
        x.set(2 * WIDTH + 3, Double.NaN);
        Tensor y = matrix(DataType.F32);
        Tensor gradX = matrix(DataType.F32);
        NormStatistics statistics = norm.allocateStatistics(arena, x);
        norm.forward(basin, x, NormParameters.NONE, y, statistics);
        norm.backward(basin, matrix(DataType.F32), x, NormParameters.NONE, statistics, gradX, NormGradients.NONE);
        for (long i = 0; i < y.size(); i++) {
            assertEquals(i / WIDTH == 2, Double.isNaN(y.get(i)), "y " + i);
            assertEquals(i / WIDTH == 2, Double.isNaN(gradX.get(i)), "gradX " + i);
        }
    }

    @Test
    void aConstantRowUnderLayerNormIsBetaExactly() {
        try (Basin basin = TestBackends.open("java")) {
            Tensor x = Tensor.allocate(arena, DataType.F32, ROWS, WIDTH);
            for (long i = 0; i < x.size(); i++) {
                x.set(i, 0.1f * (i / WIDTH));
            }
            NormParameters parameters = parameters(new LayerNorm(), DataType.F32);
            Tensor y = matrix(DataType.F32);
            new LayerNorm().forward(basin, x, parameters, y);
            for (long i = 0; i < y.size(); i++) {
                assertEquals(parameters.beta().get(i % WIDTH), y.get(i));
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Basin basin = TestBackends.reference()) {
            Tensor x = matrix(DataType.F32);
            Tensor y = matrix(DataType.F32);
            NormParameters parameters = parameters(new LayerNorm(), DataType.F32);
            assertRefused("epsilon", () -> new LayerNorm().epsilon(0));
            assertRefused("beta", () -> new RmsNorm().forward(basin, x, parameters, y));
            assertRefused("gamma", () -> new RmsNorm().forward(
                    basin, x, new NormParameters(Tensor.allocate(arena, DataType.F32, WIDTH + 1)), y));
            assertRefused("y", () -> new RmsNorm().forward(
                    basin, x, NormParameters.NONE, Tensor.allocate(arena, DataType.F32, ROWS, WIDTH - 1)));
            assertRefused("residualOut", () -> new RmsNorm().addForward(
                    basin, x, matrix(DataType.F32), NormParameters.NONE, matrix(DataType.BF16), y, NormStatistics.NONE));
            assertRefused("rstd", () -> new LayerNorm().backward(
                    basin, y, x, NormParameters.NONE, NormStatistics.NONE, matrix(DataType.F32), NormGradients.NONE));
            assertRefused("sum", () -> new CrmsNorm().backward(
                    basin, y, x, NormParameters.NONE, new RmsNorm().allocateStatistics(arena, x), matrix(DataType.F32),
                    NormGradients.NONE));
            assertRefused("gradGamma", () -> new RmsNorm().backward(
                    basin, y, x, NormParameters.NONE, new RmsNorm().allocateStatistics(arena, x), matrix(DataType.F32),
                    new NormGradients(Tensor.allocate(arena, DataType.I32, WIDTH))));
            assertRefused("at least 2 columns", () -> ZeroMean.compress(
                    basin, Tensor.allocate(arena, DataType.F32, 3, 1), Tensor.allocate(arena, DataType.F32, 3, 0)));
        }
    }

    @Test
    void aRefusedParameterGradientLeavesTheOthersUntouched() {
        try (Basin basin = TestBackends.reference()) {
            Tensor x = matrix(DataType.F32);
            Tensor gradX = matrix(DataType.F32);
            double[] before = values(gradX);
            Tensor readOnly = Tensor.of(arena.allocate(4L * WIDTH).asReadOnly(), DataType.F32, WIDTH);
            NormStatistics statistics = forward(basin, new RmsNorm(), x, NormParameters.NONE);
            assertRefused("gradient", () -> new RmsNorm().backward(
                    basin, matrix(DataType.F32), x, NormParameters.NONE, statistics, gradX, new NormGradients(readOnly)));
            for (int i = 0; i < before.length; i++) {
                assertEquals(before[i], gradX.get(i));
            }
        }
    }

    private interface Check {
        void run(Basin basin, RowNorm<?> norm);
    }

    private static Stream<DynamicTest> everywhere(Check check) {
        return TestBackends.names().flatMap(backend -> Stream.of(new LayerNorm(), new RmsNorm(), new CrmsNorm())
                .map(norm -> DynamicTest.dynamicTest(backend + " " + norm.label(), () -> {
                    try (Basin basin = TestBackends.open(backend)) {
                        check.run(basin, norm);
                    }
                })));
    }

    private static void assertRefused(String name, org.junit.jupiter.api.function.Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(name), message);
    }

    private static void assertSame(Tensor expected, Tensor actual) {
        for (long i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), actual.get(i), "element " + i);
        }
    }

    private NormStatistics forward(Basin basin, RowNorm<?> norm, Tensor x, NormParameters parameters) {
        NormStatistics statistics = norm.allocateStatistics(arena, x);
        norm.forward(basin, x, parameters, matrix(DataType.F32), statistics);
        return statistics;
    }

    private NormParameters parameters(RowNorm<?> norm, DataType type) {
        return new NormParameters(vector(type), norm instanceof LayerNorm ? vector(type) : null);
    }

    private Tensor matrix(DataType type) {
        return filled(Tensor.allocate(arena, type, ROWS, WIDTH));
    }

    private Tensor vector(DataType type) {
        return filled(Tensor.allocate(arena, type, WIDTH));
    }

    private Tensor filled(Tensor tensor) {
        for (long i = 0; i < tensor.size(); i++) {
            tensor.set(i, random.nextGaussian());
        }
        return tensor;
    }

    private Tensor widened(Tensor half) {
        if (half == null) {
            return null;
        }
        Tensor wide = Tensor.allocate(arena, DataType.F32, half.size());
        for (long i = 0; i < half.size(); i++) {
            wide.set(i, half.get(i));
        }
        return wide;
    }

    private static double[] values(Tensor tensor) {
        double[] values = new double[Math.toIntExact(tensor.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.get(i);
        }
        return values;
    }
}
