package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.file.StateFile;
import dev.basin.gemm.Gemm;
import dev.basin.matrix.LinearSystem;
import dev.basin.matrix.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An output layer with a huge number of classes, trained exactly without computing its logits (de Brebisson and Vincent, The Z-loss,
 * arXiv 1604.08859; Vincent, de Brebisson and Bouthillier, Efficient Exact Gradient Update for Training Deep Networks with Very Large Sparse
 * Targets, NIPS 2015, arXiv 1412.7091).
 *
 * <p>For a {@link SphericalLoss} of the logits {@code o = W h} the loss, the gradient by {@code h} and the step of gradient descent on all
 * of {@code W} cost {@code O(d^2)} an example, whatever the number of classes {@code D}. {@code W = V U + 1 omega'} is never formed: a step
 * changes the small {@code U} and {@code omega} and the rows of {@code V} that are targets, and keeps {@code Q = W'W} and the column sums
 * {@code w_bar = W'1} beside. The result is that of the dense step to rounding: nothing is approximated.
 *
 * <p><b>Stabilisation.</b> Steps make {@code U} ill-conditioned. Every {@link Options#stabilizationPeriod} steps singular values outside of
 * half to twice their target are moved from {@code U} into {@code V}, which costs {@code O(D d)} for each; where more than a third are
 * outside, {@link #unfactorize} puts all of {@code W} back into {@code V}. A step that would make {@code U} singular is found out before
 * anything is changed, and is done densely, in {@code O(D d^2)}: right, not approximate.
 *
 * <p><b>Shapes.</b> Hidden values {@code [rows, d]}, targets {@code [rows]} i32 below {@code D}, gradients like the hidden values, losses
 * {@code [rows]}; f32 or f64 as the weights that it was made from, and what does not fit is refused. Rows are reduced to a mean, unless
 * {@link Options#reduction} says otherwise.
 *
 * <p>A composition of {@link Basin#gemm}'s products, of the backend's {@link SphericalLoss} and of plain loops over what is small. Not
 * for use by several threads at a time. Errors are {@link IllegalArgumentException}, thrown before anything is changed.
 */
public final class FactoredOutputLayer {
    private static final double LOWEST = 0.5;
    private static final double HIGHEST = 2;
    private static final String KIND = "FactoredOutputLayer";
    private static final String STEPS = "steps";
    /** A pivot below this times the largest entry: the step is singular, as far as double can tell. */
    private static final double SINGULAR = 1e-10;

    private final Basin basin;
    private final DataType type;
    private final Options options;
    private final int classes;
    private final int width;
    private Matrix v;
    private Matrix u;
    private Matrix inverse; // of U, transposed
    private Matrix q;
    private double[] sums; // w_bar
    private double[] omega;
    private long steps;

    /**
     * What a layer is trained with; immutable.
     *
     * @param loss one of the spherical family
     * @param reduction how the rows' losses become one number
     * @param stabilizationPeriod steps between two stabilisations; 0 for none
     */
    public record Options(SphericalLoss loss, Reduction reduction, int stabilizationPeriod) {
        public Options {
            if (stabilizationPeriod < 0) {
                throw new IllegalArgumentException("stabilizationPeriod must be at least 0, got " + stabilizationPeriod);
            }
        }

        /** The Z-loss, its mean, and stabilisation every 100 steps. */
        public static Options defaults() {
            return new Options(new SphericalLoss(SphericalLoss.Kind.Z), Reduction.MEAN, 100);
        }

        public Options loss(SphericalLoss value) {
            return new Options(value, reduction, stabilizationPeriod);
        }

        public Options reduction(Reduction value) {
            return new Options(loss, value, stabilizationPeriod);
        }

        public Options stabilizationPeriod(int value) {
            return new Options(loss, reduction, value);
        }
    }

    private FactoredOutputLayer(Basin basin, DataType type, Options options, Matrix weights) {
        this.basin = basin;
        this.type = type;
        this.options = options;
        this.classes = weights.rows();
        this.width = weights.columns();
        this.v = weights;
        this.u = Matrix.identity(type, width);
        this.inverse = Matrix.identity(type, width);
        this.omega = new double[width];
        this.q = Matrix.zeros(type, width, width);
        this.sums = new double[width];
        summarize();
    }

    /** Starts from weights {@code [D, d]}, which are copied. */
    public static FactoredOutputLayer over(Basin basin, Tensor weights, Options options) {
        Arguments.requireGiven("weights", weights);
        Arguments.requireGiven("options", options);
        requireReal("weights", weights);
        if (weights.rank() != 2 || weights.size() == 0) {
            throw new IllegalArgumentException("weights must be a matrix of at least one class and one column, got " + weights);
        }
        return new FactoredOutputLayer(basin, weights.type(), options, Matrix.of(weights.type(), weights));
    }

    private static void requireReal(String name, Tensor tensor) {
        if (tensor.type() != DataType.F32 && tensor.type() != DataType.F64) {
            throw new IllegalArgumentException(name + " must be f32 or f64, got " + tensor);
        }
    }

    /** How many classes there are. */
    public int classes() {
        return classes;
    }

    /** How many numbers a hidden row has. */
    public int width() {
        return width;
    }

    /** {@code Q} and {@code w_bar} from {@code W}, which is {@code V} at this moment. */
    private void summarize() {
        q.multiply(basin.gemm(), 1, true, v, false, v, 0);
        sums = v.columnSums();
    }

    /** The reduced loss. */
    public double forward(Tensor hidden, Tensor targets, @Nullable Tensor losses) {
        return pass(hidden, targets, null, losses, 0);
    }

    /** The reduced loss and its gradient by the hidden values; the layer stays as it is. */
    public double forwardBackward(Tensor hidden, Tensor targets, Tensor gradHidden, @Nullable Tensor losses) {
        Arguments.requireGiven("gradHidden", gradHidden);
        return pass(hidden, targets, gradHidden, losses, 0);
    }

    /** The same, and the step of gradient descent on every weight: {@code W -= learningRate d loss / d W}. */
    public double update(Tensor hidden, Tensor targets, Tensor gradHidden, @Nullable Tensor losses, double learningRate) {
        Arguments.requireGiven("gradHidden", gradHidden);
        CommonChecks.atLeastZero("learningRate", learningRate);
        double loss = pass(hidden, targets, gradHidden, losses, learningRate);
        if (learningRate > 0) {
            steps++;
            if (options.stabilizationPeriod() > 0 && steps % options.stabilizationPeriod() == 0) {
                stabilize();
            }
        }
        return loss;
    }

    private double pass(
            Tensor hidden, Tensor targets, @Nullable Tensor gradHidden, @Nullable Tensor losses, double learningRate) {
        int[] labels = check(hidden, targets, gradHidden, losses);
        Gemm gemm = basin.gemm();
        int rows = labels.length;
        Matrix h = Matrix.of(type, hidden);
        Matrix hq = Matrix.zeros(type, rows, width);
        hq.multiply(gemm, 1, false, h, false, q, 0);
        Matrix hu = Matrix.zeros(type, rows, width);
        hu.multiply(gemm, 1, false, h, true, u, 0);

        RowSums of = new RowSums(rows);
        for (int i = 0; i < rows; i++) {
            of.logit[i] = Matrix.dot(v, labels[i], hu, i) + dot(h, i, omega);
            of.squares[i] = Matrix.dot(hq, i, h, i);
            of.sum[i] = dot(h, i, sums);
        }
        double scale = options.reduction() == Reduction.MEAN && rows > 0 ? 1.0 / rows : 1;
        options.loss().forwardBackward(basin, of.logits(), of.squareSums(), of.sums(), classes, of.losses(), of.gradLogits(),
                of.gradSquares(), of.gradSums());
        double total = 0;
        for (int i = 0; i < rows; i++) {
            total += of.loss[i] * scale;
            if (losses != null) {
                losses.set(i, of.loss[i]);
            }
            of.gradLogit[i] *= scale;
            of.gradSquare[i] *= 2 * scale; // g2
            of.gradSum[i] *= scale;
        }
        if (gradHidden != null) {
            Matrix z = pulls(labels, of);
            Matrix gradient = Matrix.zeros(type, rows, width);
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < width; j++) {
                    gradient.set(i, j, of.gradSquare[i] * hq.get(i, j) + z.get(i, j));
                }
            }
            if (learningRate > 0) {
                step(labels, of, h, hq, hu, z, gradient, learningRate);
            }
            gradient.writeTo(gradHidden);
        }
        return total;
    }

    /** What a pass knows of its rows, in double on every backend. */
    private static final class RowSums {
        final double[] logit;
        final double[] squares;
        final double[] sum;
        final double[] loss;
        final double[] gradLogit;
        final double[] gradSquare;
        final double[] gradSum;

        RowSums(int rows) {
            logit = new double[rows];
            squares = new double[rows];
            sum = new double[rows];
            loss = new double[rows];
            gradLogit = new double[rows];
            gradSquare = new double[rows];
            gradSum = new double[rows];
        }

        Tensor logits() {
            return Tensor.of(logit, logit.length);
        }

        Tensor squareSums() {
            return Tensor.of(squares, squares.length);
        }

        Tensor sums() {
            return Tensor.of(sum, sum.length);
        }

        Tensor losses() {
            return Tensor.of(loss, loss.length);
        }

        Tensor gradLogits() {
            return Tensor.of(gradLogit, gradLogit.length);
        }

        Tensor gradSquares() {
            return Tensor.of(gradSquare, gradSquare.length);
        }

        Tensor gradSums() {
            return Tensor.of(gradSum, gradSum.length);
        }
    }

    private int[] check(Tensor hidden, Tensor targets, @Nullable Tensor gradHidden, @Nullable Tensor losses) {
        Arguments.requireGiven("hidden", hidden);
        Arguments.requireGiven("targets", targets);
        requireType("hidden", hidden);
        if (hidden.rank() != 2 || hidden.columns() != width) {
            throw new IllegalArgumentException("hidden must have rows of " + width + ", got " + hidden);
        }
        Arguments.requireVector("targets", targets, hidden.rows(), true);
        Arguments.requireVector("losses", losses, hidden.rows(), false);
        if (gradHidden != null) {
            requireType("gradHidden", gradHidden);
            if (!gradHidden.hasShapeOf(hidden)) {
                throw new IllegalArgumentException("gradHidden must have the shape of hidden, got " + gradHidden);
            }
        }
        int[] labels = new int[Math.toIntExact(hidden.rows())];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = Arguments.integer(targets, i);
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException("targets must be from 0 and below " + classes + ", got " + labels[i] + " at index " + i);
            }
        }
        return labels;
    }

    private void requireType(String name, Tensor tensor) {
        if (tensor.type() != type) {
            throw new IllegalArgumentException(name + " must be " + type.label() + " as the weights are, got " + tensor);
        }
    }

    /** {@code gA W_target + gs w_bar} of each row: the gradient by the hidden values without its part through the squares. */
    private Matrix pulls(int[] labels, RowSums of) {
        int rows = labels.length;
        Matrix picked = Matrix.zeros(type, rows, width);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width; j++) {
                picked.set(i, j, of.gradLogit[i] * v.get(labels[i], j));
            }
        }
        Matrix z = Matrix.zeros(type, rows, width);
        z.multiply(basin.gemm(), 1, false, picked, false, u, 0);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width; j++) {
                z.add(i, j, of.gradLogit[i] * omega[j] + of.gradSum[i] * sums[j]);
            }
        }
        return z;
    }

    /** The page's steps 3 to 9; what they read of the layer is read before it is changed. */
    private void step(int[] labels, RowSums of, Matrix h, Matrix hq, Matrix hu, Matrix z, Matrix gradient, double rate) {
        Gemm gemm = basin.gemm();
        int rows = labels.length;
        Matrix b = Matrix.zeros(type, rows, width);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width; j++) {
                b.set(i, j, of.gradSquare[i] * h.get(i, j));
            }
        }
        LinearSystem system = LinearSystem.of(woodbury(h, b, rate), rows, SINGULAR);
        Matrix square = interactions(labels, of, h, hq, b, z);
        if (system.isSingular()) {
            unfactorize();
            stepDensely(labels, of, h, b, rate);
        } else {
            u.multiply(gemm, -rate, true, hu, false, b, 1);
            updateInverse(system, h, b);
            double[] moved = new double[width];
            for (int i = 0; i < rows; i++) {
                double along = of.gradSquare[i] * dot(h, i, omega) + of.gradSum[i];
                for (int j = 0; j < width; j++) {
                    moved[j] += h.get(i, j) * along;
                }
            }
            for (int j = 0; j < width; j++) {
                omega[j] -= rate * moved[j];
            }
            Matrix p = Matrix.zeros(type, rows, width);
            p.multiply(gemm, 1, false, h, true, inverse, 0);
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < width; j++) {
                    v.add(labels[i], j, -rate * of.gradLogit[i] * p.get(i, j));
                }
            }
        }
        updateSummary(of, h, gradient, square, rate);
    }

    /** {@code H B' - I / rate}, what the inverse of U is updated through. */
    private double[] woodbury(Matrix h, Matrix b, double rate) {
        int rows = h.rows();
        Matrix product = Matrix.zeros(type, rows, rows);
        product.multiply(basin.gemm(), 1, false, h, true, b, 0);
        double[] system = new double[rows * rows];
        for (int i = 0; i < rows * rows; i++) {
            system[i] = product.at(i) - (i % (rows + 1) == 0 ? 1 / rate : 0);
        }
        return system;
    }

    private void updateInverse(LinearSystem system, Matrix h, Matrix b) {
        Gemm gemm = basin.gemm();
        int rows = h.rows();
        Matrix left = Matrix.zeros(type, width, rows);
        left.multiply(gemm, 1, false, inverse, true, b, 0);
        double[] right = new double[rows * width];
        for (int i = 0; i < right.length; i++) {
            right[i] = h.at(i);
        }
        Matrix solved = Matrix.of(type, rows, width, system.solveAll(right, width));
        inverse.multiply(gemm, -1, false, left, false, solved, 1);
    }

    /** The page's M: the products of the rows' gradients by the weights, equal targets meeting. */
    private Matrix interactions(int[] labels, RowSums of, Matrix h, Matrix hq, Matrix b, Matrix z) {
        Gemm gemm = basin.gemm();
        int rows = labels.length;
        Matrix m = Matrix.zeros(type, rows, rows);
        m.multiply(gemm, 1, false, h, true, hq, 0);
        Matrix bz = Matrix.zeros(type, rows, rows);
        bz.multiply(gemm, 1, false, b, true, z, 0);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < rows; j++) {
                double same = labels[i] == labels[j] ? of.gradLogit[i] * of.gradLogit[j] : 0;
                m.set(i, j, of.gradSquare[i] * m.get(i, j) * of.gradSquare[j]
                        + classes * of.gradSum[i] * of.gradSum[j]
                        + of.gradSum[i] * of.gradLogit[j] + of.gradLogit[i] * of.gradSum[j]
                        + bz.get(i, j) + bz.get(j, i) + same);
            }
        }
        return m;
    }

    /** {@code Q -= rate (G'H + H'G) - rate^2 H'M H}, as {@code X'H} and its transpose with {@code X = G - rate / 2 M H}. */
    private void updateSummary(RowSums of, Matrix h, Matrix gradient, Matrix m, double rate) {
        Gemm gemm = basin.gemm();
        Matrix x = gradient.copy();
        x.multiply(gemm, -rate / 2, false, m, false, h, 1);
        Matrix cross = Matrix.zeros(type, width, width);
        cross.multiply(gemm, 1, true, x, false, h, 0);
        for (int i = 0; i < width; i++) {
            for (int j = 0; j <= i; j++) {
                double entry = q.get(i, j) - rate * (cross.get(i, j) + cross.get(j, i));
                q.set(i, j, entry);
                q.set(j, i, entry);
            }
        }
        for (int i = 0; i < h.rows(); i++) {
            double pull = of.gradSquare[i] * of.sum[i] + classes * of.gradSum[i] + of.gradLogit[i];
            for (int j = 0; j < width; j++) {
                sums[j] -= rate * h.get(i, j) * pull;
            }
        }
    }

    /** The same step on {@code V}, which is {@code W} now. */
    private void stepDensely(int[] labels, RowSums of, Matrix h, Matrix b, double rate) {
        Matrix moves = Matrix.identity(type, width);
        moves.multiply(basin.gemm(), -rate, true, h, false, b, 1);
        v.multiplyBy(basin.gemm(), moves); // which is symmetric
        double[] all = new double[width];
        for (int i = 0; i < labels.length; i++) {
            for (int j = 0; j < width; j++) {
                all[j] += rate * of.gradSum[i] * h.get(i, j);
            }
        }
        for (int k = 0; k < classes; k++) {
            for (int j = 0; j < width; j++) {
                v.add(k, j, -all[j]);
            }
        }
        for (int i = 0; i < labels.length; i++) {
            for (int j = 0; j < width; j++) {
                v.add(labels[i], j, -rate * of.gradLogit[i] * h.get(i, j));
            }
        }
    }

    /** Multiplies every weight by a factor above 0: weight decay. */
    public void decay(double factor) {
        CommonChecks.positive("factor", factor);
        for (int i = 0; i < u.size(); i++) {
            u.put(i, u.at(i) * factor);
            inverse.put(i, inverse.at(i) / factor);
            q.put(i, q.at(i) * factor * factor);
        }
        for (int j = 0; j < width; j++) {
            omega[j] *= factor;
            sums[j] *= factor;
        }
    }

    /**
     * Moves singular values of {@code U} that are outside of their range into {@code V}.
     *
     * @return how many, or -1 where there were too many and the layer was unfactorized
     */
    public int stabilize() {
        Moves moves = new Moves(width);
        for (boolean smallest : new boolean[] {false, true}) {
            while (true) {
                double[] direction = new double[width];
                double value = SingularValues.extreme(smallest ? inverse : u, smallest, direction);
                if (value >= LOWEST && value <= HIGHEST) {
                    break;
                }
                if (moves.count() >= width / 3 || !(value > 0) || Double.isInfinite(value)) {
                    moves.applyTo(v, basin.gemm());
                    unfactorize();
                    return -1;
                }
                double factor = (1 - value) / value;
                moves.add(direction, -factor / (1 + factor));
                addOuter(u, factor, direction);
                addOuter(inverse, -factor / (1 + factor), direction);
            }
        }
        moves.applyTo(v, basin.gemm());
        invert();
        return moves.count();
    }

    /** {@code matrix += factor u (matrix' u)'}. */
    private static void addOuter(Matrix matrix, double factor, double[] u) {
        double[] across = SingularValues.across(matrix, u);
        for (int i = 0; i < u.length; i++) {
            for (int j = 0; j < u.length; j++) {
                matrix.add(i, j, factor * u[i] * across[j]);
            }
        }
    }

    /** The inverse from U itself, so that what updates of it have lost does not add up. */
    private void invert() {
        double[] entries = new double[width * width];
        double[] identity = new double[width * width];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = u.at(i);
            identity[i] = i % (width + 1) == 0 ? 1 : 0;
        }
        double[] solved = LinearSystem.of(entries, width, 0).solveAll(identity, width);
        for (int i = 0; i < width; i++) {
            for (int j = 0; j < width; j++) {
                inverse.set(j, i, solved[i * width + j]); // transposed
            }
        }
    }

    /** Puts all weights back into {@code V}: right whatever {@code U} has become, in {@code O(D d^2)}. */
    public void unfactorize() {
        v.multiplyBy(basin.gemm(), u);
        addOmega(v);
        u = Matrix.identity(type, width);
        inverse = Matrix.identity(type, width);
        Arrays.fill(omega, 0);
    }

    private void addOmega(Matrix rows) {
        for (int k = 0; k < rows.rows(); k++) {
            for (int j = 0; j < width; j++) {
                rows.add(k, j, omega[j]);
            }
        }
    }

    /** Writes the weights, {@code [D, d]}. */
    public void materialize(Tensor weights) {
        Arguments.requireGiven("weights", weights);
        if (weights.rank() != 2 || weights.rows() != classes || weights.columns() != width) {
            throw new IllegalArgumentException("weights must have the shape [" + classes + ", " + width + "], got " + weights);
        }
        Matrix product = Matrix.zeros(type, classes, width);
        product.multiply(basin.gemm(), 1, false, v, false, u, 0);
        addOmega(product);
        product.writeTo(weights);
    }

    /**
     * Saves the state as a safetensors file: {@code V}, {@code U}, its inverse, {@code Q}, {@code omega}, {@code w_bar} and the number of
     * steps. The file is written beside its name, forced to the disk and renamed, so that the name stands for a whole file whenever the
     * writer stops. Options are in the program.
     */
    public void save(Path file) throws IOException {
        StateFile.save(file, KIND, Map.of(STEPS, steps), state());
    }

    /**
     * Goes on where a saved layer stopped: with the same examples, options and backend, to the bit.
     *
     * @throws IOException if the file is damaged, of something else or of a layer of another shape or type, with the reason; nothing has
     *     changed then
     */
    public void load(Path file) throws IOException {
        StateFile saved = StateFile.read(file, KIND);
        long stepsMade = saved.count(STEPS);
        saved.fill(state());
        steps = stepsMade;
    }

    private Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put("V", v.tensor());
        state.put("U", u.tensor());
        state.put("inverse_U", inverse.tensor());
        state.put("Q", q.tensor());
        state.put("omega", Tensor.of(omega, width));
        state.put("w_bar", Tensor.of(sums, width));
        return state;
    }

    /** {@code W'W}, {@code [d, d]}, as the steps have kept it. */
    public void summary(Tensor squares, Tensor columnSums) {
        q.writeTo(squares);
        for (int j = 0; j < width; j++) {
            columnSums.set(j, sums[j]);
        }
    }

    /**
     * The classes of the largest logits of each row, the largest first, the lowest class among equals; {@code O(D d)} a row.
     *
     * @param best {@code [rows, k]} i32
     */
    public void predict(Tensor hidden, Tensor best) {
        Arguments.requireGiven("hidden", hidden);
        Arguments.requireGiven("best", best);
        requireType("hidden", hidden);
        if (best.type() != DataType.I32 || best.rows() != hidden.rows() || best.columns() > classes) {
            throw new IllegalArgumentException("best must be i32 with a row for each of hidden and at most " + classes + " columns, got " + best);
        }
        Matrix h = Matrix.of(type, hidden);
        Matrix hu = Matrix.zeros(type, h.rows(), width);
        hu.multiply(basin.gemm(), 1, false, h, true, u, 0);
        Matrix logits = Matrix.zeros(type, h.rows(), classes); // omega adds the same to every class
        logits.multiply(basin.gemm(), 1, false, hu, true, v, 0);
        int k = Math.toIntExact(best.columns());
        for (int row = 0; row < h.rows(); row++) {
            int first = row * classes;
            int[] chosen = Arguments.largest(classes, c -> logits.at(first + c), k);
            for (int i = 0; i < k; i++) {
                best.set((long) row * k + i, chosen[i]);
            }
        }
    }

    private static double dot(Matrix matrix, int row, double[] vector) {
        double sum = 0;
        for (int j = 0; j < vector.length; j++) {
            sum += matrix.get(row, j) * vector[j];
        }
        return sum;
    }
}
