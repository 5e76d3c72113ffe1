package dev.basin.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes numbers and vectors the eigenvalues and eigenvectors of a matrix, whichever they are where some are equal. */
class SymmetricEigenTest {
    private static final double ROUNDING = 1e-12;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 65, 200})
    void ofARandomMatrix(int size) {
        Random random = new Random(size);
        requireDecomposition(symmetric(size, (_, _) -> random.nextGaussian()), size);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 65})
    void ofMatricesWithEqualEigenvalues(int size) {
        requireDecomposition(symmetric(size, (_, _) -> 0), size);
        requireDecomposition(symmetric(size, (_, _) -> 1), size);
        requireDecomposition(symmetric(size, (i, j) -> i == j ? 3 : 0), size);
        requireDecomposition(symmetric(size, (i, j) -> i == j ? i / 2 : 0), size);
        requireDecomposition(symmetric(size, (i, j) -> i % 2 == j % 2 ? 1 : -1), size);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-300, 1e-160, 1e160, 1e300})
    void ofNumbersWhoseSquaresAreNoNumbers(double scale) {
        Random random = new Random(5);
        requireDecomposition(symmetric(12, (_, _) -> scale * random.nextGaussian()), 12);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void whatIsNotFiniteSpoilsAll(double number) {
        SymmetricEigen eigen = SymmetricEigen.of(symmetric(4, (i, j) -> i == 2 && j == 1 ? number : 1), 4);
        for (int i = 0; i < 16; i++) {
            assertEquals(Double.NaN, eigen.vector(i / 4, i % 4));
            assertEquals(Double.NaN, eigen.value(i / 4));
        }
    }

    private interface Entry {
        double at(int row, int column);
    }

    private static double[] symmetric(int size, Entry lower) {
        double[] matrix = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                matrix[i * size + j] = lower.at(i, j);
                matrix[j * size + i] = matrix[i * size + j];
            }
        }
        return matrix;
    }

    private static void requireDecomposition(double[] matrix, int size) {
        SymmetricEigen eigen = SymmetricEigen.of(matrix, size);
        double largest = Arrays.stream(matrix).map(Math::abs).max().orElse(0);
        for (int rank = 0; rank < size; rank++) {
            for (int i = 0; i < size; i++) {
                double product = 0;
                double along = 0;
                for (int k = 0; k < size; k++) {
                    product += matrix[i * size + k] * eigen.vector(rank, k);
                    along += eigen.vector(rank, k) * eigen.vector(i, k);
                }
                assertEquals(eigen.value(rank) * eigen.vector(rank, i), product, ROUNDING * largest);
                assertEquals(rank == i ? 1 : 0, along, ROUNDING);
            }
            assertTrue(rank == 0 || eigen.value(rank) <= eigen.value(rank - 1), "largest first");
        }
    }
}
