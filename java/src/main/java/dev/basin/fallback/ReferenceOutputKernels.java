package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.OutputKernels;
import java.lang.foreign.MemorySegment;

/** Losses of an output layer beside the softmax family, in double. */
final class ReferenceOutputKernels implements OutputKernels {
    private static final int F32 = DataType.F32.code();

    /** The loss of a row with its target, and its gradient left in the row. */
    @FunctionalInterface
    private interface RowLoss {
        double of(double[] row, int target, long index);
    }

    /** Walks the rows: what every loss here does with targets, weights and the gradient. */
    private static void rows(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets, int weightsType,
            MemorySegment rowWeights, int lossType, MemorySegment losses, int gradType, MemorySegment gradLogits, long gradStride,
            MemorySegment gradFactor, long rowBegin, long rowEnd, long classes, double gradScale, int ignoreIndex, RowLoss formula) {
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = rowBegin; i < rowEnd; i++) {
            double[] row = Storage.loadRow(logitsType, logits, i * logitsStride, Math.toIntExact(classes));
            int target = Storage.loadInt(targets, i);
            double weight = Storage.loadOr(1, weightsType, rowWeights, i);
            double loss = 0;
            if (target == ignoreIndex) {
                java.util.Arrays.fill(row, 0);
            } else {
                loss = weight * formula.of(row, target, i);
                for (int k = 0; k < row.length; k++) {
                    row[k] *= factor * weight;
                }
            }
            Storage.storeIfPresent(lossType, losses, i, loss);
            Storage.storeRowIfPresent(gradType, gradLogits, i * gradStride, row);
        }
    }

    @Override
    public void zLossForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets,
            int weightsType, MemorySegment rowWeights, int lossType, MemorySegment losses,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes, double sharpness, double location, double epsilon, double gradScale,
            int ignoreIndex) {
        rows(logitsType, logits, logitsStride, targets, weightsType, rowWeights, lossType, losses, gradType, gradLogits, gradStride,
                gradFactor, rowBegin, rowEnd, classes, gradScale, ignoreIndex,
                (row, target, _) -> zLoss(row, target, sharpness, location, epsilon));
    }

    private static double zLoss(double[] row, int target, double sharpness, double location, double epsilon) {
        double mean = java.util.Arrays.stream(row).sum() / row.length;
        double squares = 0;
        for (double entry : row) {
            squares += (entry - mean) * (entry - mean);
        }
        double deviation = Math.sqrt(squares / row.length);
        double inverse = deviation == 0 ? 0 : 1 / (deviation + epsilon);
        double z = (row[target] - mean) * inverse;
        double shortOf = sharpness * (location - z);
        double t = Logistic.sigmoid(shortOf);
        for (int k = 0; k < row.length; k++) {
            double across = deviation == 0 ? 0 : z * inverse * (row[k] - mean) / (row.length * deviation);
            row[k] = -t * (inverse * ((k == target ? 1 : 0) - 1.0 / row.length) - across);
        }
        return Logistic.softplus(shortOf) / sharpness;
    }

    @Override
    public void svmLossForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets,
            int weightsType, MemorySegment rowWeights, int lossType, MemorySegment losses, MemorySegment argmax,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes, double cost, int power, double gradScale, int ignoreIndex) {
        for (long i = rowBegin; i < rowEnd; i++) {
            double[] row = Storage.loadRow(logitsType, logits, i * logitsStride, Math.toIntExact(classes));
            Storage.storeIntIfPresent(argmax, i, argmax(row));
        }
        rows(logitsType, logits, logitsStride, targets, weightsType, rowWeights, lossType, losses, gradType, gradLogits, gradStride,
                gradFactor, rowBegin, rowEnd, classes, gradScale, ignoreIndex, (row, target, _) -> svmLoss(row, target, cost, power));
    }

    private static int argmax(double[] row) {
        int best = -1;
        for (int k = 0; k < row.length; k++) {
            if (!Double.isNaN(row[k]) && (best < 0 || row[k] > row[best])) {
                best = k;
            }
        }
        return Math.max(best, 0);
    }

    private static double svmLoss(double[] row, int target, double cost, int power) {
        double loss = 0;
        double nothing = 0;
        for (int k = 0; k < row.length; k++) {
            double sign = k == target ? 1 : -1;
            nothing += Double.isNaN(row[k]) || row[k] == Double.POSITIVE_INFINITY ? Double.NaN : 0;
            double violation = Math.max(0, 1 - sign * row[k]);
            loss += Math.pow(violation, power);
            row[k] = violation == 0 ? 0 : -cost * sign * (power == 2 ? 2 * violation : 1);
        }
        nothing += Double.isInfinite(loss) ? Double.NaN : 0;
        for (int k = 0; k < row.length; k++) {
            row[k] += nothing;
        }
        return cost * loss + nothing;
    }

    @Override
    public void ldrKlForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets,
            int weightsType, MemorySegment rowWeights, int lossType, MemorySegment losses,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes, double lambda, int uniform, double margin, int normalization,
            double gradScale, int ignoreIndex) {
        double temperature = uniform == 1 ? Double.POSITIVE_INFINITY : lambda;
        rows(logitsType, logits, logitsStride, targets, weightsType, rowWeights, lossType, losses, gradType, gradLogits, gradStride,
                gradFactor, rowBegin, rowEnd, classes, gradScale, ignoreIndex, (row, target, _) -> {
                    LabelDistributionRow of = LabelDistributionRow.of(ScoreRow.of(row.clone(), normalization), target, temperature, margin);
                    System.arraycopy(of.gradient(), 0, row, 0, row.length);
                    return of.loss();
                });
    }

    @Override
    public void aldrKlForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets,
            int weightsType, MemorySegment rowWeights, int lambdaType, MemorySegment lambdaOld,
            int lossType, MemorySegment losses, MemorySegment lambdaNew,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes, double lambda0, double alpha, double margin, double floor,
            int normalization, double gradScale, int ignoreIndex) {
        for (long i = rowBegin; i < rowEnd; i++) {
            Storage.store(lambdaType, lambdaNew, i, Storage.load(lambdaType, lambdaOld, i));
        }
        rows(logitsType, logits, logitsStride, targets, weightsType, rowWeights, lossType, losses, gradType, gradLogits, gradStride,
                gradFactor, rowBegin, rowEnd, classes, gradScale, ignoreIndex, (row, target, i) -> {
                    ScoreRow scores = ScoreRow.of(row.clone(), normalization);
                    double logarithm = Math.log(row.length);
                    double lambda = row.length == 1 ? lambda0 : lambda0 - lambda0 / (alpha * logarithm)
                            * divergence(scores, Storage.load(lambdaType, lambdaOld, i), floor, logarithm);
                    Storage.store(lambdaType, lambdaNew, i, lambda);
                    LabelDistributionRow of = LabelDistributionRow.of(scores, target, lambda, margin);
                    System.arraycopy(of.gradient(), 0, row, 0, row.length);
                    return of.loss() - alpha * logarithm / (2 * lambda0) * (lambda - lambda0) * (lambda - lambda0);
                });
    }

    /** KL of the smoothed softmax of the scores from the uniform distribution. */
    private static double divergence(ScoreRow scores, double lambda, double floor, double logarithm) {
        int classes = scores.logits().length;
        double top = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < classes; k++) {
            top = Math.max(top, scores.score(k));
        }
        double[] p = new double[classes];
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            p[k] = Math.exp((scores.score(k) - top) / lambda);
            sum += p[k];
        }
        double divergence = 0;
        for (int k = 0; k < classes; k++) {
            double smoothed = (p[k] / sum + floor) / (1 + classes * floor);
            divergence += smoothed == 0 ? 0 : smoothed * (logarithm + Math.log(smoothed));
        }
        return divergence;
    }

    @Override
    public void sphericalLossForwardBackward(
            int valueType, MemorySegment targetLogits, MemorySegment squareSums, MemorySegment sums, MemorySegment losses,
            MemorySegment gradTargetLogits, MemorySegment gradSquareSums, MemorySegment gradSums, long rowBegin, long rowEnd,
            long classes, int kind, double sharpness, double location, double epsilon, double scoreEpsilon) {
        for (long i = rowBegin; i < rowEnd; i++) {
            SphericalRow of = SphericalRow.of(
                    kind, Storage.load(valueType, targetLogits, i), Storage.load(valueType, squareSums, i),
                    Storage.load(valueType, sums, i), classes, sharpness, location, epsilon, scoreEpsilon);
            Storage.storeIfPresent(valueType, losses, i, of.loss());
            Storage.storeIfPresent(valueType, gradTargetLogits, i, of.gradTargetLogit());
            Storage.storeIfPresent(valueType, gradSquareSums, i, of.gradSquareSum());
            Storage.storeIfPresent(valueType, gradSums, i, of.gradSum());
        }
    }

    @Override
    public void dcoForwardBackward(
            int valueType, MemorySegment logProbabilities, MemorySegment losses, MemorySegment gradLogProbabilities,
            MemorySegment factors, long rowBegin, long rowEnd, double samples, double dropBelow) {
        for (long i = rowBegin; i < rowEnd; i++) {
            CoverageRow of = CoverageRow.of(Storage.load(valueType, logProbabilities, i), samples);
            double factor = of.factor() < dropBelow ? 0 : of.factor();
            Storage.storeIfPresent(valueType, losses, i, of.loss());
            Storage.storeIfPresent(valueType, gradLogProbabilities, i, -factor);
            Storage.storeIfPresent(valueType, factors, i, factor);
        }
    }
}
