package dev.basin.online;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.matrix.Cholesky;
import dev.basin.matrix.Matrix;
import dev.basin.matrix.Rows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What actions are worth that are linear in features, from one episode (Dai, Luo, Wei and Zimmert, Refined Regret for Adversarial MDPs with
 * Linear Function Approximation, ICML 2023, arXiv 2301.12942).
 *
 * <pre>{@code
 * S   = (gamma I + (1 / M) sum_m phi_m phi_m')^-1        inverseCovariance, from M features under the policy
 * z_n = query_n' S visited,   L the loss from there to the end of the episode, between 0 and the horizon H
 * q_n = z_n L                                            estimate
 * q_n = z_n L - H min(z_n, 0) + m_n,   m_n = (H / M) sum_m min(query_n' S phi_m, 0)      magnitudeReduced
 * b_a = beta (|phi_a|_S^2 + sum_k pi_k |phi_k|_S^2)      bonus
 * }</pre>
 *
 * The reduced estimate has the same expectation and is at least {@code m_n}. The paper's text could not be had: estimator and reduction
 * are its, and follow again from the two properties; the bonus is the dilated one usual in this line of work, its constant chosen.
 *
 * <p><b>Shapes.</b> Queries {@code [queries, width]}, inverse {@code [width, width]}, visited {@code [width]}, samples
 * {@code [samples, width]}, all of one type, f32 (f64 on the Java backends), in memory of the host; what is finite in gives what is finite.
 * {@code magnitudeReduced} goes over the samples in blocks and never holds queries times samples. Errors are
 * {@link IllegalArgumentException}; outputs are untouched then.
 */
public final class LinearQEstimator {
    /** Rows of samples that meet all queries at a time. */
    private static final int BLOCK = 256;

    private LinearQEstimator() {}

    /**
     * The inverse of the regularised covariance, by Cholesky's factors in double.
     *
     * @param ridge {@code gamma}, finite and above 0
     * @throws ArithmeticException if a pivot is not above 0, as a ridge below the covariance's rounding errors allows; it names the row
     */
    public static void inverseCovariance(Basin basin, Tensor features, double ridge, Tensor inverse) {
        CommonChecks.positive("ridge", ridge);
        int width = Math.toIntExact(features.columns());
        if (features.rows() < 1 || width < 1) {
            throw new IllegalArgumentException("features must have a row and a column at least, got " + features);
        }
        Checks.requireMatrix("inverse", inverse, width, width);
        Checks.requireFinite(basin, "features", features);
        double[] covariance = covariance(basin, features);
        for (int i = 0; i < width; i++) {
            covariance[i * width + i] += ridge;
        }
        Rows.storeAll(inverse, Cholesky.of(covariance, width).inverse());
    }

    /** Products of blocks in the features' type, added up in double. */
    private static double[] covariance(Basin basin, Tensor features) {
        DataType type = productType(features);
        int width = Math.toIntExact(features.columns());
        Matrix product = Matrix.zeros(type, width, width);
        double[] sum = new double[Math.multiplyExact(width, width)];
        for (long row = 0; row < features.rows(); row += BLOCK) {
            Matrix block = block(type, features, row);
            product.multiply(basin.gemm(), 1, true, block, false, block, 0);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += product.at(i) / features.rows();
            }
        }
        return sum;
    }

    private static DataType productType(Tensor tensor) {
        return tensor.type().computationType();
    }

    private static Matrix block(DataType type, Tensor tensor, long from) {
        int rows = Math.toIntExact(Math.min(BLOCK, tensor.rows() - from));
        int width = Math.toIntExact(tensor.columns());
        Matrix block = Matrix.zeros(type, rows, width);
        double[] row = new double[width];
        for (int i = 0; i < rows; i++) {
            Rows.load(tensor, from + i, row);
            for (int k = 0; k < width; k++) {
                block.put(i * width + k, row[k]);
            }
        }
        return block;
    }

    /** @param lossToGo the loss from the visited features to the end, finite and at least 0 */
    public static void estimate(Basin basin, Tensor query, Tensor inverse, Tensor visited, double lossToGo, Tensor q) {
        CommonChecks.atLeastZero("lossToGo", lossToGo);
        checkQuery(query, inverse, visited, q);
        products(basin, query, inverse, visited, lossToGo, q);
    }

    private static void checkQuery(Tensor query, Tensor inverse, Tensor visited, Tensor q) {
        long width = query.columns();
        if (width < 1) {
            throw new IllegalArgumentException("query must have a column at least, got " + query);
        }
        Checks.requireMatrix("inverse", inverse, width, width);
        Checks.requireVector("visited", visited, width);
        Checks.requireVector("q", q, query.rows());
    }

    /** {@code scale query S visited}. */
    private static void products(Basin basin, Tensor query, Tensor inverse, Tensor visited, double scale, Tensor result) {
        long width = query.columns();
        int type = query.type().code();
        MemorySegment direction = basin.scratch().acquire(width * Double.BYTES);
        try {
            MemorySegment v = direction.asSlice(0, width * query.type().byteSize());
            basin.kernels().online().matrixVector(
                    type, inverse.memory(), inverse.rowStride(), visited.memory(), v, 0, width, width, 1);
            basin.kernels().online().matrixVector(
                    type, query.memory(), query.rowStride(), v, result.memory(), 0, query.rows(), width, scale);
        } finally {
            basin.scratch().release(direction);
        }
    }

    /** @param horizon {@code H}, finite and above 0; {@code lossToGo} is between 0 and it */
    public static void magnitudeReduced(
            Basin basin, Tensor query, Tensor inverse, Tensor visited, Tensor samples, double lossToGo, double horizon, Tensor q) {
        CommonChecks.positive("horizon", horizon);
        if (!(lossToGo >= 0) || lossToGo > horizon) {
            throw new IllegalArgumentException("lossToGo must be between 0 and the horizon " + horizon + ", got " + lossToGo);
        }
        checkQuery(query, inverse, visited, q);
        if (samples.rows() < 1 || samples.columns() != query.columns()) {
            throw new IllegalArgumentException("samples must be at least one row of " + query.columns() + ", got " + samples);
        }
        double[] negative = negativeParts(basin, query, inverse, samples);
        products(basin, query, inverse, visited, 1, q);
        double[] z = Rows.loadAll(q);
        for (int n = 0; n < z.length; n++) {
            z[n] = z[n] * lossToGo - horizon * Math.min(z[n], 0) + horizon * (negative[n] / samples.rows());
        }
        Rows.storeAll(q, z);
    }

    /** {@code sum_m min(query_n' S phi_m, 0)}. */
    private static double[] negativeParts(Basin basin, Tensor query, Tensor inverse, Tensor samples) {
        DataType type = productType(query);
        Matrix queries = Matrix.of(type, query);
        Matrix directions = Matrix.zeros(type, queries.rows(), queries.columns());
        directions.multiply(basin.gemm(), 1, false, queries, true, Matrix.of(type, inverse), 0);
        double[] sums = new double[queries.rows()];
        MemorySegment to = basin.scratch().acquire((long) sums.length * Double.BYTES);
        try {
            for (long row = 0; row < samples.rows(); row += BLOCK) {
                Matrix block = block(type, samples, row);
                Matrix product = Matrix.zeros(type, queries.rows(), block.rows());
                product.multiply(basin.gemm(), 1, false, directions, true, block, 0);
                basin.kernels().online().sumNegativeParts(
                        type.code(), product.memory(), product.columns(), to, 0, product.rows(), product.columns());
                for (int n = 0; n < sums.length; n++) {
                    sums[n] += to.get(ValueLayout.JAVA_DOUBLE, (long) n * Double.BYTES);
                }
            }
            return sums;
        } finally {
            basin.scratch().release(to);
        }
    }

    /**
     * The exploration bonus of every action.
     *
     * @param features {@code [states, actions, width]} without gaps
     * @param policy {@code [states, actions]} without gaps
     * @param bonus like the policy
     * @param beta finite and at least 0
     */
    public static void bonus(Basin basin, Tensor features, Tensor inverse, Tensor policy, double beta, Tensor bonus) {
        CommonChecks.atLeastZero("beta", beta);
        long width = features.columns();
        Checks.requireShape("bonus", bonus, "policy", policy);
        if (width < 1 || features.rows() != policy.size()) {
            throw new IllegalArgumentException(
                    "features must be a row for each of the " + policy.size() + " entries of policy, got " + features);
        }
        Checks.requireMatrix("inverse", inverse, width, width);
        Checks.requireContiguous("features", features);
        Checks.requireContiguous("policy", policy);
        Checks.requireContiguous("bonus", bonus);
        DataType type = productType(features);
        Matrix rows = Matrix.of(type, features);
        Matrix products = Matrix.zeros(type, rows.rows(), rows.columns());
        products.multiply(basin.gemm(), 1, false, rows, true, Matrix.of(type, inverse), 0);
        basin.kernels().online().explorationBonus(
                type.code(), features.memory(), products.memory(), policy.memory(), bonus.memory(), 0, policy.rows(), policy.columns(),
                width, beta);
    }
}
