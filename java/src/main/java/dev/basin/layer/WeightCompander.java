package dev.basin.layer;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.Partials;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Weights that cannot grow beyond a bound and are pushed away from zero: a layer's weights are a curve of what is trained (Cakaj, Mehnert
 * and Yang, Weight Compander: A Simple Weight Reparameterization for Regularization, 2023, arXiv 2306.16993).
 *
 * <pre>{@code
 * w = a psi(v / b)    psi(u) = atan u, tanh u or u / (1 + |u|)
 * }</pre>
 *
 * <b>This rests partly on our own reading:</b> the paper's abstract and introduction say that a non-linear function with learnt parameters is
 * applied to each weight; that it is {@code a atan(v / b)} is from memory of the paper. The other curves are ours.
 *
 * <p>{@code a} bounds the weights: by {@code a pi / 2} for the arctangent, by {@code a} for the others. {@code b} says where they saturate:
 * where {@code a / b} is above 1, a gradient step near zero is made larger, by {@code (a / b)^2} in terms of weights. Neither has a
 * default; where they are learnt, keep them at 1e-4 or more.
 *
 * <p><b>Shapes.</b> Values and weights {@code [rows, columns]} without gaps, f32 or bf16 (f64 on the reference); {@code a} and {@code b} f32
 * or f64, one element for all rows or {@code [rows, 1]}. Arithmetic is f32; their gradients are summed in f64 in an order that the
 * shapes alone decide. 8 bytes of traffic a weight forward, 12 backward, in f32. NaN stays in its element, and spoils the sums. Errors are
 * {@link IllegalArgumentException}; outputs are untouched then.
 */
public final class WeightCompander {
    private final Basin basin;
    private final Curve curve;

    /** Which curve. */
    public enum Curve {
        /** The paper's. */
        ARCTAN(Math.PI / 2),
        TANH(1),
        /** {@code u / (1 + |u|)}. */
        SOFTSIGN(1);

        private final double bound;

        Curve(double bound) {
            this.bound = bound;
        }

        /** What weights stay below, as a multiple of {@code a}. */
        public double bound() {
            return bound;
        }
    }

    public WeightCompander(Basin basin, Curve curve) {
        this.basin = basin;
        this.curve = curve;
    }

    /** The weights of what is trained. */
    public void forward(Tensor values, Tensor a, Tensor b, Tensor weights) {
        requireMatrix("values", values, values);
        requireMatrix("weights", weights, values);
        withParameters(values.rows(), a, b, 0, (perRow, rows) -> basin.kernels().weight().weightCompander(
                values.type().code(), values.memory(), weights.type().code(), weights.memory(), perRow[0], perRow[1], 0, rows,
                values.columns(), curve.ordinal()));
    }

    /**
     * The way back.
     *
     * @param gradWeights the gradient by the weights
     * @param gradValues the gradient by the values; may be {@code gradWeights}
     * @param gradA like {@code a}, or null
     * @param gradB like {@code b}, or null
     */
    public void backward(
            Tensor values, Tensor a, Tensor b, Tensor gradWeights, Tensor gradValues, @Nullable Tensor gradA, @Nullable Tensor gradB) {
        requireMatrix("values", values, values);
        requireMatrix("gradWeights", gradWeights, values);
        requireMatrix("gradValues", gradValues, values);
        if (gradValues.type() != gradWeights.type()) {
            throw new IllegalArgumentException("gradValues must be " + gradWeights.type().label() + " as gradWeights, got " + gradValues);
        }
        requireLike("gradA", gradA, a);
        requireLike("gradB", gradB, b);
        withParameters(values.rows(), a, b, 2, (perRow, rows) -> {
            basin.kernels().weight().weightCompanderBackward(
                    values.type().code(), values.memory(), gradWeights.type().code(), gradWeights.memory(), gradValues.memory(),
                    perRow[0], perRow[1], perRow[2], perRow[3], 0, rows, values.columns(), curve.ordinal());
            spread(perRow[2], rows, gradA);
            spread(perRow[3], rows, gradB);
        });
    }

    /**
     * The values that have given weights: to begin from an initialisation, or from a trained network.
     *
     * @throws IllegalArgumentException naming the first weight that no value has
     */
    public void inverse(Tensor weights, Tensor a, Tensor b, Tensor values) {
        requireMatrix("weights", weights, weights);
        requireMatrix("values", values, weights);
        requireParameter("a", a, weights.rows());
        requireParameter("b", b, weights.rows());
        for (long i = 0; i < weights.size(); i++) {
            double bound = a.get(a.size() == 1 ? 0 : i / weights.columns()) * curve.bound();
            if (!(Math.abs(weights.get(i)) < bound)) {
                throw new IllegalArgumentException("weights must be within " + bound + " of 0, got " + weights.get(i) + " at " + i);
            }
        }
        withParameters(weights.rows(), a, b, 0, (perRow, rows) -> basin.kernels().weight().weightCompanderInverse(
                weights.type().code(), weights.memory(), values.type().code(), values.memory(), perRow[0], perRow[1], 0, rows,
                weights.columns(), curve.ordinal()));
    }

    /** Uses the parameters of each row, and so many more numbers a row. */
    private interface PerRow {
        void use(MemorySegment[] perRow, long rows);
    }

    private void withParameters(long rows, Tensor a, Tensor b, int more, PerRow body) {
        requireParameter("a", a, rows);
        requireParameter("b", b, rows);
        long bytes = rows * Double.BYTES;
        MemorySegment room = basin.scratch().acquire(Math.max(1, bytes * (2 + more)));
        try {
            MemorySegment[] perRow = new MemorySegment[2 + more];
            for (int i = 0; i < perRow.length; i++) {
                perRow[i] = room.asSlice(i * bytes, bytes);
            }
            for (long row = 0; row < rows; row++) {
                perRow[0].setAtIndex(ValueLayout.JAVA_DOUBLE, row, a.get(a.size() == 1 ? 0 : row));
                perRow[1].setAtIndex(ValueLayout.JAVA_DOUBLE, row, b.get(b.size() == 1 ? 0 : row));
            }
            body.use(perRow, rows);
        } finally {
            basin.scratch().release(room);
        }
    }

    /** One for all rows is the sum of the rows'. */
    private static void spread(MemorySegment perRow, long rows, @Nullable Tensor gradient) {
        if (gradient == null) {
            return;
        }
        if (gradient.size() == 1) {
            gradient.set(0, Partials.sum(perRow, rows));
            return;
        }
        for (long row = 0; row < gradient.size(); row++) {
            gradient.set(row, perRow.getAtIndex(ValueLayout.JAVA_DOUBLE, row));
        }
    }

    private static void requireMatrix(String name, Tensor tensor, Tensor like) {
        boolean isReal = tensor.type() == DataType.F32 || tensor.type() == DataType.BF16 || tensor.type() == DataType.F64;
        if (!tensor.hasShapeOf(like) || !tensor.isContiguous() || !isReal) {
            throw new IllegalArgumentException(name + " must be f32 or bf16 with the shape " + like + " has and without gaps, got " + tensor);
        }
    }

    private static void requireParameter(String name, Tensor parameter, long rows) {
        if (parameter.size() != 1 && parameter.size() != rows || parameter.type() == DataType.I32) {
            throw new IllegalArgumentException(name + " must be one real number or one a row, of which there are " + rows + ", got "
                    + parameter);
        }
        for (long i = 0; i < parameter.size(); i++) {
            if (!(parameter.get(i) > 0) || Double.isInfinite(parameter.get(i))) {
                throw new IllegalArgumentException(name + " must be finite and above 0, got " + parameter.get(i) + " at " + i);
            }
        }
    }

    private static void requireLike(String name, @Nullable Tensor gradient, Tensor parameter) {
        if (gradient != null && (gradient.size() != parameter.size() || gradient.type() == DataType.I32 || gradient.memory().isReadOnly())) {
            throw new IllegalArgumentException(name + " must have " + parameter.size() + " real numbers and be writable, got " + gradient);
        }
    }
}
