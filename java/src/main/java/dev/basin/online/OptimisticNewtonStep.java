package dev.basin.online;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.matrix.Cholesky;
import dev.basin.matrix.Rows;
import java.lang.foreign.MemorySegment;

/**
 * The optimistic online Newton step for exp-concave losses, without bounds (Chen, Tu, Zhao and Zhang, Optimistic Online Mirror Descent for
 * Bridging Stochastic and Adversarial Online Convex Optimization, ICML 2023, arXiv 2302.04552).
 *
 * <pre>{@code
 * center' = center - H^-1 g,   H' = H + (beta / 2) g g',   point = center' - H'^-1 M
 * }</pre>
 *
 * It is the inverse that is kept, updated by Sherman and Morrison's rule with {@code u = H^-1 g}; where the hint M is the gradient itself
 * (the same tensor) {@code H'^-1 g} follows from u, and a product with the matrix is saved. The paper starts at
 * {@code H = (1 + beta G^2 / 2) I}, {@code beta = min(1 / (4 G D), alpha) / 2}.
 *
 * <p><b>Shapes.</b> Vectors {@code [width]} without gaps, the inverse {@code [width, width]}, symmetric and positive definite; f32 (f64 on
 * the Java backends), in memory of the host. Gradient and hint are finite. Errors are {@link IllegalArgumentException}; outputs are
 * untouched then.
 */
public final class OptimisticNewtonStep {
    private OptimisticNewtonStep() {}

    /**
     * The inverse of a matrix to start from, by Cholesky's factors in double; the lower triangle is read.
     *
     * @throws ArithmeticException if it is not positive definite; it names the row
     */
    public static void invert(Tensor matrix, Tensor inverse) {
        Checks.requireMatrix("matrix", matrix, matrix.columns(), matrix.columns());
        Checks.requireMatrix("inverse", inverse, matrix.columns(), matrix.columns());
        Rows.storeAll(inverse, Cholesky.of(Rows.loadAll(matrix), Math.toIntExact(matrix.columns())).inverse());
    }

    /**
     * A round.
     *
     * @param center updated
     * @param inverse updated
     * @param hint a guess of the next gradient; may be the gradient
     * @param point written: where the next gradient is to be taken
     * @param beta finite and above 0
     */
    public static void step(
            Basin basin, Tensor center, Tensor inverse, Tensor gradient, Tensor hint, Tensor point, double beta) {
        CommonChecks.positive("beta", beta);
        long width = center.size();
        Checks.requireVector("center", center, width);
        Checks.requireShape("gradient", gradient, "center", center);
        Checks.requireShape("hint", hint, "center", center);
        Checks.requireShape("point", point, "center", center);
        Checks.requireMatrix("inverse", inverse, width, width);
        Checks.requireFinite(basin, "gradient", gradient);
        if (hint != gradient) {
            Checks.requireFinite(basin, "hint", hint);
        }
        MemorySegment room = basin.scratch().acquire(width * Double.BYTES);
        try {
            Tensor u = Tensor.of(room.asSlice(0, width * center.type().byteSize()), center.type(), width);
            multiply(basin, inverse, gradient, u);
            double shrink = 1 / (1 + beta / 2 * dot(gradient, u));
            basin.kernels().online().rankOneUpdate(
                    inverse.type().code(), inverse.memory(), inverse.rowStride(), u.memory(), u.memory(), 0, width, width,
                    -beta / 2 * shrink);
            add(center, -1, u, center);
            if (hint == gradient) {
                add(center, -shrink, u, point);
            } else {
                multiply(basin, inverse, hint, u);
                add(center, -1, u, point);
            }
        } finally {
            basin.scratch().release(room);
        }
    }

    private static void multiply(Basin basin, Tensor matrix, Tensor vector, Tensor product) {
        basin.kernels().online().matrixVector(
                matrix.type().code(), matrix.memory(), matrix.rowStride(), vector.memory(), product.memory(), 0, matrix.rows(),
                matrix.columns(), 1);
    }

    private static double dot(Tensor a, Tensor b) {
        double sum = 0;
        for (long i = 0; i < a.size(); i++) {
            sum += a.get(i) * b.get(i);
        }
        return sum;
    }

    private static void add(Tensor from, double by, Tensor along, Tensor to) {
        for (long i = 0; i < from.size(); i++) {
            to.set(i, from.get(i) + by * along.get(i));
        }
    }
}
