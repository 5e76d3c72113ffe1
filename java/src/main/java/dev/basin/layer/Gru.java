package dev.basin.layer;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.gemm.Gemm;
import dev.basin.kernel.OutputKernels;
import dev.basin.matrix.Matrix;
import dev.basin.matrix.Rows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A gated recurrent unit, one step or a sequence, forward and backward through time (the cell of GRU-SVM: Agarap, ICMLC 2018, arXiv
 * 1709.03082).
 *
 * <pre>{@code
 * r = sigmoid(Wx_r x + b_r + Wh_r h + bh_r)      u = sigmoid(Wx_u x + b_u + Wh_u h + bh_u)
 * c = tanh(Wx_c x + b_c + Wh_c (r h) + bh_c)     reset before the product, as TensorFlow 1 and the paper
 * c = tanh(Wx_c x + b_c + r (Wh_c h + bh_c))     reset after it, as cuDNN and PyTorch
 * h' = u h + (1 - u) c
 * }</pre>
 *
 * <p><b>Shapes.</b> x {@code [rows, inputs]}, h {@code [rows, cells]}; Wx {@code [3 cells, inputs]}, Wh {@code [3 cells, cells]}, b and bh
 * {@code [3 cells]}, in the order r, u, c. All f32, or all f64 on the reference. Gates are kept in a {@link Step} for the way back.
 *
 * <p>A composition of {@link Basin#gemm}'s products and of kernels over gates. Immutable; errors are {@link IllegalArgumentException}.
 */
public final class Gru {
    private final Basin basin;
    private final DataType type;
    private final int inputs;
    private final int cells;
    private final boolean resetAfter;
    private final Matrix[] wx = new Matrix[3];
    private final Matrix[] wh = new Matrix[3];
    private final double[] b;
    private final double[] bh;

    private Gru(Basin basin, DataType type, int inputs, int cells, boolean resetAfter, double[] b, double[] bh) {
        this.basin = basin;
        this.type = type;
        this.inputs = inputs;
        this.cells = cells;
        this.resetAfter = resetAfter;
        this.b = b;
        this.bh = bh;
    }

    /** With a copy of these weights. */
    public static Gru of(Basin basin, Tensor wx, Tensor wh, Tensor b, Tensor bh, boolean resetAfter) {
        int cells = Math.toIntExact(wh.columns());
        if (wh.rows() != 3L * cells || wx.rows() != 3L * cells || b.size() != 3L * cells || bh.size() != 3L * cells || cells == 0) {
            throw new IllegalArgumentException("wx, wh, b and bh must have 3 rows for each of the " + cells + " columns of wh, got " + wx
                    + ", " + wh + ", " + b + " and " + bh);
        }
        if (wx.type() != DataType.F32 && wx.type() != DataType.F64) {
            throw new IllegalArgumentException("wx must be f32 or f64, got " + wx);
        }
        Gru gru = new Gru(basin, wx.type(), Math.toIntExact(wx.columns()), cells, resetAfter, Rows.load(b, 0), Rows.load(bh, 0));
        for (int gate = 0; gate < 3; gate++) {
            gru.wx[gate] = part(wx, gate, cells);
            gru.wh[gate] = part(wh, gate, cells);
        }
        return gru;
    }

    private static Matrix part(Tensor whole, int gate, int cells) {
        Matrix part = Matrix.zeros(whole.type(), cells, Math.toIntExact(whole.columns()));
        for (int i = 0; i < part.size(); i++) {
            part.put(i, whole.get((long) gate * part.size() + i));
        }
        return part;
    }

    /** What a step leaves for the way back. */
    public static final class Step {
        private final Matrix x;
        private final Matrix before;
        private final Matrix reset;
        private final Matrix update;
        private final Matrix candidate;
        private final Matrix recurrent;
        private final Matrix resetBefore;
        private final Matrix after;

        private Step(DataType type, Matrix x, Matrix before) {
            this.x = x;
            this.before = before;
            reset = like(type, before);
            update = like(type, before);
            candidate = like(type, before);
            recurrent = like(type, before);
            resetBefore = like(type, before);
            after = like(type, before);
        }

        private static Matrix like(DataType type, Matrix matrix) {
            return Matrix.zeros(type, matrix.rows(), matrix.columns());
        }

        /** Writes the state after the step. */
        public void state(Tensor h) {
            after.writeTo(h);
        }
    }

    /** One step. */
    public Step forward(Tensor x, Tensor h) {
        check("x", x, inputs);
        check("h", h, cells);
        if (x.rows() != h.rows()) {
            throw new IllegalArgumentException("h must have the " + x.rows() + " rows of x, got " + h);
        }
        return forward(Matrix.of(type, x), Matrix.of(type, h));
    }

    private void check(String name, Tensor tensor, int columns) {
        if (tensor.type() != type || tensor.columns() != columns) {
            throw new IllegalArgumentException(name + " must be " + type.label() + " with rows of " + columns + ", got " + tensor);
        }
    }

    private Step forward(Matrix x, Matrix h) {
        OutputKernels kernels = basin.kernels().output();
        Step step = new Step(type, x, h);
        Matrix xReset = product(x, wx[0], b, 0);
        Matrix xUpdate = product(x, wx[1], b, 1);
        Matrix xCandidate = product(x, wx[2], b, 2);
        Matrix hReset = product(h, wh[0], bh, 0);
        Matrix hUpdate = product(h, wh[1], bh, 1);
        int code = type.code();
        kernels.gruGates(code, xReset.memory(), xUpdate.memory(), hReset.memory(), hUpdate.memory(), h.memory(), step.reset.memory(),
                step.update.memory(), step.resetBefore.memory(), 0, h.size());
        Matrix recurrent = product(resetAfter ? h : step.resetBefore, wh[2], bh, 2);
        step.recurrent.copyFrom(recurrent);
        kernels.gruState(code, xCandidate.memory(), recurrent.memory(), step.reset.memory(), step.update.memory(), h.memory(),
                step.candidate.memory(), step.after.memory(), 0, h.size(), resetAfter ? 1 : 0);
        return step;
    }

    private Matrix product(Matrix rows, Matrix weights, double[] bias, int gate) {
        return Matrix.affine(basin.gemm(), rows, weights, j -> bias[gate * cells + j]);
    }

    /** Gradients of weights, which add up over steps. */
    public final class Gradients {
        private final Matrix[] wx = new Matrix[3];
        private final Matrix[] wh = new Matrix[3];
        private final double[] b = new double[3 * cells];
        private final double[] bh = new double[3 * cells];

        /** Zeros. */
        public Gradients() {
            for (int gate = 0; gate < 3; gate++) {
                wx[gate] = Matrix.zeros(type, cells, inputs);
                wh[gate] = Matrix.zeros(type, cells, cells);
            }
        }

        /** Writes them, each like the weights that it belongs to. */
        public void writeTo(Tensor gradWx, Tensor gradWh, Tensor gradB, Tensor gradBh) {
            for (int gate = 0; gate < 3; gate++) {
                for (int i = 0; i < wx[gate].size(); i++) {
                    gradWx.set((long) gate * wx[gate].size() + i, wx[gate].at(i));
                }
                for (int i = 0; i < wh[gate].size(); i++) {
                    gradWh.set((long) gate * wh[gate].size() + i, wh[gate].at(i));
                }
            }
            for (int i = 0; i < b.length; i++) {
                gradB.set(i, b[i]);
                gradBh.set(i, bh[i]);
            }
        }

        private void add(int gate, Matrix bySum, Matrix x, Matrix byRecurrent, Matrix multiplied) {
            Gemm gemm = basin.gemm();
            wx[gate].multiply(gemm, 1, true, bySum, false, x, 1);
            wh[gate].multiply(gemm, 1, true, byRecurrent, false, multiplied, 1);
            for (int j = 0; j < cells; j++) {
                b[gate * cells + j] += bySum.columnSum(j);
                bh[gate * cells + j] += byRecurrent.columnSum(j);
            }
        }
    }

    /**
     * The way back through a step.
     *
     * @param gradAfter the gradient by the state that the step made
     * @param gradX written
     * @param gradH written: the gradient by the state before
     * @param weights added to
     */
    public void backward(Step step, Tensor gradAfter, Tensor gradX, Tensor gradH, Gradients weights) {
        check("gradAfter", gradAfter, cells);
        Matrix byX = Matrix.zeros(type, step.x.rows(), inputs);
        Matrix byH = backward(step, Matrix.of(type, gradAfter), byX, weights);
        byX.writeTo(gradX);
        byH.writeTo(gradH);
    }

    private Matrix backward(Step step, Matrix gradAfter, Matrix gradX, Gradients weights) {
        OutputKernels kernels = basin.kernels().output();
        Gemm gemm = basin.gemm();
        Matrix candidate = Step.like(type, step.before);
        Matrix update = Step.like(type, step.before);
        Matrix reset = Step.like(type, step.before);
        Matrix recurrent = Step.like(type, step.before);
        Matrix before = Step.like(type, step.before);
        kernels.gruStateBackward(type.code(), gradAfter.memory(), step.recurrent.memory(), step.reset.memory(), step.update.memory(),
                step.candidate.memory(), step.before.memory(), candidate.memory(), update.memory(), reset.memory(), recurrent.memory(),
                before.memory(), 0, before.size(), resetAfter ? 1 : 0);
        if (resetAfter) {
            before.multiply(gemm, 1, false, recurrent, false, wh[2], 1);
        } else {
            Matrix through = Step.like(type, step.before);
            through.multiply(gemm, 1, false, recurrent, false, wh[2], 0);
            Matrix beside = Step.like(type, step.before);
            kernels.gruResetBackward(type.code(), through.memory(), step.reset.memory(), step.before.memory(), reset.memory(),
                    beside.memory(), 0, before.size());
            before.addAll(beside);
        }
        before.multiply(gemm, 1, false, reset, false, wh[0], 1);
        before.multiply(gemm, 1, false, update, false, wh[1], 1);
        gradX.multiply(gemm, 1, false, reset, false, wx[0], 0);
        gradX.multiply(gemm, 1, false, update, false, wx[1], 1);
        gradX.multiply(gemm, 1, false, candidate, false, wx[2], 1);
        weights.add(0, reset, step.x, reset, step.before);
        weights.add(1, update, step.x, update, step.before);
        weights.add(2, candidate, step.x, recurrent, resetAfter ? step.before : step.resetBefore);
        return before;
    }

    /** Steps over the second dimension of x, {@code [rows, steps, inputs]}; the last one has the last state. */
    public List<Step> forwardSequence(Tensor x, Tensor h) {
        if (x.rank() != 3) {
            throw new IllegalArgumentException("x must have the shape [rows, steps, inputs], got " + x);
        }
        check("x", x, inputs);
        check("h", h, cells);
        List<Step> steps = new ArrayList<>();
        Matrix state = Matrix.of(type, h);
        for (int time = 0; time < x.shape()[1]; time++) {
            steps.add(forward(at(x, time), state));
            state = steps.getLast().after;
        }
        return steps;
    }

    private Matrix at(Tensor x, int time) {
        int rows = Math.toIntExact(x.shape()[0]);
        long steps = x.shape()[1];
        Matrix slice = Matrix.zeros(type, rows, inputs);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < inputs; i++) {
                slice.set(row, i, x.get((row * steps + time) * inputs + i));
            }
        }
        return slice;
    }

    /** Backward through time from a gradient by the last state; {@code gradX} may be null. */
    public void backwardSequence(List<Step> steps, Tensor gradLast, @Nullable Tensor gradX, Tensor gradH, Gradients weights) {
        check("gradLast", gradLast, cells);
        Matrix upstream = Matrix.of(type, gradLast);
        for (int time = steps.size() - 1; time >= 0; time--) {
            Step step = steps.get(time);
            Matrix byX = Matrix.zeros(type, step.x.rows(), inputs);
            upstream = backward(step, upstream, byX, weights);
            for (int row = 0; gradX != null && row < byX.rows(); row++) {
                for (int i = 0; i < inputs; i++) {
                    gradX.set(((long) row * steps.size() + time) * inputs + i, byX.get(row, i));
                }
            }
        }
        upstream.writeTo(gradH);
    }
}
