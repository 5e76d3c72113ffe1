package dev.basin.norm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.basin.Basin;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The worked example of the catalogue's page on norm equivalence, and the edge cases that it lists. */
class NormsTest {
    private static final double EXACT = 1e-9;

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    @Test
    void theWorkedExampleOfLayerNorm() {
        Tensor x = row(1, 2, 4, 9);
        assertForward(new LayerNorm(), x, -0.9733280145, -0.6488853430, 0, 1.6222133575);
        assertBackward(new LayerNorm(), x, row(1, -1, .5, .25), 0.2700131376, -0.3810066944, 0.1013883348, 0.0096052219);
    }

    @Test
    void theWorkedExampleOfRmsNorm() {
        Tensor x = row(1, 2, 4, 9);
        assertForward(new RmsNorm(), x, 0.1980294698, 0.3960589395, 0.7921178791, 1.7822652279);
        assertBackward(new RmsNorm(), x, row(1, -1, .5, .25), 0.1917197097, -0.2106489899, 0.0737756947, -0.0072804729);
    }

    @Test
    void theWorkedExampleOfCrmsNorm() {
        Tensor centred = row(0, 0, 0, 0);
        Tensor z = row(0, 0, 0);
        ZeroMean.recenter(reference, row(1, 2, 4, 9), centred);
        ZeroMean.compress(reference, centred, z);
        assertValues(z, -3, -2, 0);
        assertForward(new CrmsNorm(), z, -0.9733280145, -0.6488853430, 0);
        assertBackward(new CrmsNorm(), z, row(1, -1, .5), 0.2561390231, -0.3842083639, 0.1195315555);
    }

    @Test
    void theWorkedExampleAfterTheResidualAdd() {
        Tensor residual = row(1, 0);
        Tensor y = row(0, 0);
        CrmsNorm norm = new CrmsNorm();
        NormParameters parameters = new NormParameters(vector(1, 1));
        NormStatistics statistics = norm.allocateStatistics(Arena.ofAuto(), residual);
        norm.addForward(reference, residual, row(2, -1), parameters, residual, y, statistics);
        assertValues(residual, 3, -1);
        assertValues(y, 1.3887286617, -0.4629095539);

        Tensor gradResidual = row(0, 0);
        Tensor gradGamma = vector(0, 0);
        norm.addBackward(reference, row(1, .5), row(.1, .2), residual, parameters, statistics, gradResidual,
                new NormGradients(gradGamma));
        assertValues(gradResidual, 0.1495983379, 0.3487925337);
        assertValues(gradGamma, 1.3887286617, -0.2314547770);
    }

    @Test
    void aRowOfZeros() {
        for (RowNorm<?> norm : new RowNorm<?>[] {new LayerNorm(), new RmsNorm(), new CrmsNorm()}) {
            assertForward(norm, row(0, 0, 0), 0, 0, 0);
        }
        double rstd = 1 / Math.sqrt(1e-5);
        assertBackward(new RmsNorm(), row(0, 0), row(1, -2), rstd, -2 * rstd);
        assertBackward(new CrmsNorm(), row(0, 0), row(1, -2), rstd, -2 * rstd);
        assertBackward(new LayerNorm(), row(0, 0), row(1, -2), 1.5 * rstd, -1.5 * rstd);
    }

    @Test
    void aSingleColumn() {
        assertForward(new LayerNorm(), row(7), 0);
        assertBackward(new LayerNorm(), row(7), row(3), 0);
        assertForward(new CrmsNorm(), row(7), 7 / Math.sqrt(49 + 1e-5));
    }

    @Test
    void expansionAndCompressionUndoEachOther() {
        Tensor x = row(0, 0, 0);
        Tensor z = row(0, 0);
        ZeroMean.expand(reference, row(3, -1), x);
        assertValues(x, 3, -1, -2);
        ZeroMean.compress(reference, x, z);
        assertValues(z, 3, -1);
        ZeroMean.expandBackward(reference, row(1, 2, 5), z);
        assertValues(z, -4, -3);
        ZeroMean.compressBackward(reference, row(1, 2), x);
        assertValues(x, 1, 2, 0);
    }

    @Test
    void theThreeNormsAgreeOnRowsOfMeanZero() {
        Tensor x = row(0.5, -3, 1.25, 2, -1.5, 0.75);
        assertEquals(0, java.util.stream.LongStream.range(0, 6).mapToDouble(x::get).sum());
        Tensor layer = row(0, 0, 0, 0, 0, 0);
        Tensor root = row(0, 0, 0, 0, 0, 0);
        Tensor compressed = row(0, 0, 0, 0, 0);
        Tensor z = row(0, 0, 0, 0, 0);
        ZeroMean.compress(reference, x, z);
        new LayerNorm().forward(reference, x, NormParameters.NONE, layer);
        new RmsNorm().forward(reference, x, NormParameters.NONE, root);
        new CrmsNorm().forward(reference, z, NormParameters.NONE, compressed);
        for (int k = 0; k < 5; k++) {
            assertEquals(layer.get(k), root.get(k), 1e-15);
            assertEquals(layer.get(k), compressed.get(k), 1e-15);
        }
    }

    private void assertForward(RowNorm<?> norm, Tensor x, double... expected) {
        Tensor y = row(new double[expected.length]);
        norm.forward(reference, x, NormParameters.NONE, y);
        assertValues(y, expected);
    }

    private void assertBackward(RowNorm<?> norm, Tensor x, Tensor gradY, double... expected) {
        Tensor result = row(new double[expected.length]);
        NormStatistics statistics = norm.allocateStatistics(Arena.ofAuto(), x);
        norm.forward(reference, x, NormParameters.NONE, result, statistics);
        norm.backward(reference, gradY, x, NormParameters.NONE, statistics, result, NormGradients.NONE);
        assertValues(result, expected);
    }

    private static void assertValues(Tensor actual, double... expected) {
        for (int k = 0; k < expected.length; k++) {
            assertEquals(expected[k], actual.get(k), EXACT * Math.max(1, Math.abs(expected[k])), "element " + k);
        }
    }

    private static Tensor row(double... values) {
        return Tensor.of(values, 1, values.length);
    }

    private static Tensor vector(double... values) {
        return Tensor.of(values, values.length);
    }
}
