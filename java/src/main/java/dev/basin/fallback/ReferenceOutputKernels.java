package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.OutputKernels;
import java.lang.foreign.MemorySegment;

/** Losses of an output layer beside the softmax family, in double. */
final class ReferenceOutputKernels implements OutputKernels {
    private static final int F32 = DataType.F32.code();
    private static final int F64 = DataType.F64.code();

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

    @Override
    public void boxCoxInverse(int valueType, MemorySegment z, MemorySegment values, long rowBegin, long rowEnd, double lambda) {
        for (long i = rowBegin; i < rowEnd; i++) {
            Storage.store(valueType, values, i, MarginRow.boxCoxInverse(Storage.load(valueType, z, i), lambda));
        }
    }

    @Override
    public void marginLossForwardBackward(
            int valueType, MemorySegment scores, MemorySegment labels, MemorySegment drawnDerivatives, MemorySegment losses,
            MemorySegment gradScores, MemorySegment derivatives, long rowBegin, long rowEnd, int kind, double shift, double gradScale) {
        for (long i = rowBegin; i < rowEnd; i++) {
            double sign = Storage.loadInt(labels, i) > 0 ? 1 : -1;
            MarginRow of = MarginRow.of(
                    kind, sign * Storage.load(valueType, scores, i), Storage.loadOr(0, valueType, drawnDerivatives, i), shift);
            Storage.storeIfPresent(valueType, losses, i, of.loss());
            Storage.storeIfPresent(valueType, gradScores, i, gradScale * sign * of.derivative());
            Storage.storeIfPresent(valueType, derivatives, i, of.derivative());
        }
    }

    @Override
    public void verbalizerPool(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment wordIds, MemorySegment wordClasses, int classType,
            MemorySegment classLogits, long rowBegin, long rowEnd, long templates, long vocabulary, long words, long classes,
            int largestWord, int largestTemplate) {
        for (long i = rowBegin; i < rowEnd; i++) {
            VerbalizerRow row = VerbalizerRow.load(
                    logitsType, logits, i, logitsStride, wordIds, wordClasses, templates, words, largestWord == 1, largestTemplate == 1);
            for (int c = 0; c < classes; c++) {
                Storage.store(classType, classLogits, i * classes + c, row.pooled(c));
            }
        }
    }

    @Override
    public void verbalizerPoolBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment wordIds, MemorySegment wordClasses, int classType,
            MemorySegment gradClassLogits, MemorySegment gradWords, long rowBegin, long rowEnd, long templates, long vocabulary,
            long words, long classes, int largestWord, int largestTemplate) {
        for (long i = rowBegin; i < rowEnd; i++) {
            VerbalizerRow row = VerbalizerRow.load(
                    logitsType, logits, i, logitsStride, wordIds, wordClasses, templates, words, largestWord == 1, largestTemplate == 1);
            for (int c = 0; c < classes; c++) {
                double upstream = Storage.load(classType, gradClassLogits, i * classes + c);
                double[][] shares = row.shares(c);
                for (int at = 0; at < templates; at++) {
                    int rank = 0;
                    for (int word = 0; word < words; word++) {
                        if (row.classOf(word) == c) {
                            double share = shares[at][rank++];
                            Storage.store(classType, gradWords, (i * templates + at) * words + word, share == 0 ? 0 : share * upstream);
                        }
                    }
                }
            }
        }
    }

    @Override
    public void temperatureStatistics(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets, int temperatureType,
            MemorySegment temperatures, int lossType, MemorySegment losses, MemorySegment confidences, MemorySegment corrects,
            MemorySegment confidenceSlopes, MemorySegment lossSlopes, MemorySegment variances, long rowBegin, long rowEnd, long classes, double lowest,
            double highest, int ignoreIndex) {
        for (long i = rowBegin; i < rowEnd; i++) {
            int target = Storage.loadInt(targets, i);
            double given = Storage.load(temperatureType, temperatures, i);
            TemperedRow row = TemperedRow.of(
                    Storage.loadRow(logitsType, logits, i * logitsStride, Math.toIntExact(classes)), given, lowest, highest);
            boolean counts = target != ignoreIndex;
            Storage.storeIfPresent(lossType, losses, i, counts ? row.loss(target) : 0);
            Storage.storeIfPresent(lossType, confidences, i, counts ? row.confidence() : 0);
            double correct = Double.isNaN(row.confidence()) ? Double.NaN : row.best() == target ? 1 : 0;
            Storage.storeIfPresent(lossType, corrects, i, counts ? correct : 0);
            Storage.storeIfPresent(lossType, confidenceSlopes, i, counts ? row.confidenceSlope() : 0);
            Storage.storeIfPresent(lossType, lossSlopes, i, counts ? row.lossSlope(target) : 0);
            Storage.storeIfPresent(lossType, variances, i, counts ? row.variance() : 0);
        }
    }

    @Override
    public void confidenceBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets, int temperatureType,
            MemorySegment temperatures, MemorySegment coefficients, int gradType, MemorySegment gradLogits, long gradStride,
            MemorySegment gradFactor, long rowBegin, long rowEnd, long classes, double lowest, double highest, double gradScale,
            int ignoreIndex) {
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = rowBegin; i < rowEnd; i++) {
            double[] gradient = new double[Math.toIntExact(classes)];
            if (Storage.loadInt(targets, i) != ignoreIndex) {
                TemperedRow row = TemperedRow.of(Storage.loadRow(logitsType, logits, i * logitsStride, gradient.length),
                        Storage.load(temperatureType, temperatures, i), lowest, highest);
                for (int k = 0; k < gradient.length; k++) {
                    gradient[k] = factor * Storage.load(temperatureType, coefficients, i) * row.gradient(k);
                }
            }
            Storage.storeRowIfPresent(gradType, gradLogits, i * gradStride, gradient);
        }
    }

    @Override
    public void gruGates(
            int valueType, MemorySegment xReset, MemorySegment xUpdate, MemorySegment hReset, MemorySegment hUpdate, MemorySegment before,
            MemorySegment reset, MemorySegment update, MemorySegment resetBefore, long begin, long end) {
        for (long i = begin; i < end; i++) {
            double r = Logistic.sigmoid(Storage.load(valueType, xReset, i) + Storage.load(valueType, hReset, i));
            Storage.store(valueType, reset, i, r);
            Storage.store(valueType, update, i,
                    Logistic.sigmoid(Storage.load(valueType, xUpdate, i) + Storage.load(valueType, hUpdate, i)));
            Storage.store(valueType, resetBefore, i, r * Storage.load(valueType, before, i));
        }
    }

    @Override
    public void gruState(
            int valueType, MemorySegment xCandidate, MemorySegment recurrent, MemorySegment reset, MemorySegment update,
            MemorySegment before, MemorySegment candidate, MemorySegment after, long begin, long end, int resetAfter) {
        for (long i = begin; i < end; i++) {
            double m = Storage.load(valueType, recurrent, i) * (resetAfter == 1 ? Storage.load(valueType, reset, i) : 1);
            double c = Math.tanh(Storage.load(valueType, xCandidate, i) + m);
            double u = Storage.load(valueType, update, i);
            Storage.store(valueType, candidate, i, c);
            Storage.store(valueType, after, i, u * Storage.load(valueType, before, i) + (1 - u) * c);
        }
    }

    @Override
    public void gruStateBackward(
            int valueType, MemorySegment gradAfter, MemorySegment recurrent, MemorySegment reset, MemorySegment update,
            MemorySegment candidate, MemorySegment before, MemorySegment gradCandidate, MemorySegment gradUpdate, MemorySegment gradReset,
            MemorySegment gradRecurrent, MemorySegment gradBefore, long begin, long end, int resetAfter) {
        for (long i = begin; i < end; i++) {
            double upstream = Storage.load(valueType, gradAfter, i);
            double u = Storage.load(valueType, update, i);
            double r = Storage.load(valueType, reset, i);
            double c = Storage.load(valueType, candidate, i);
            double byCandidate = upstream * (1 - u) * (1 - c * c);
            Storage.store(valueType, gradCandidate, i, byCandidate);
            Storage.store(valueType, gradUpdate, i, upstream * (Storage.load(valueType, before, i) - c) * u * (1 - u));
            Storage.store(valueType, gradReset, i,
                    resetAfter == 1 ? byCandidate * Storage.load(valueType, recurrent, i) * r * (1 - r) : 0);
            Storage.store(valueType, gradRecurrent, i, resetAfter == 1 ? byCandidate * r : byCandidate);
            Storage.store(valueType, gradBefore, i, upstream * u);
        }
    }

    @Override
    public void gruResetBackward(
            int valueType, MemorySegment gradResetBefore, MemorySegment reset, MemorySegment before, MemorySegment gradReset,
            MemorySegment gradBefore, long begin, long end) {
        for (long i = begin; i < end; i++) {
            double upstream = Storage.load(valueType, gradResetBefore, i);
            double r = Storage.load(valueType, reset, i);
            Storage.store(valueType, gradReset, i, upstream * Storage.load(valueType, before, i) * r * (1 - r));
            Storage.store(valueType, gradBefore, i, upstream * r);
        }
    }

    @Override
    public void classMoments(
            int valuesType, MemorySegment values, long valuesStride, MemorySegment labels, MemorySegment ordinals, MemorySegment means,
            MemorySegment squares, long momentsStride, long columnBegin, long columnEnd, long rows, long classes) {
        for (long i = 0; i < rows; i++) {
            long at = Storage.loadInt(labels, i) * momentsStride;
            double count = Storage.load(F64, ordinals, i);
            for (long j = columnBegin; j < columnEnd; j++) {
                double x = Storage.load(valuesType, values, i * valuesStride + j);
                double mean = Storage.load(F64, means, at + j);
                double next = mean + (x - mean) * (1 / count);
                Storage.store(F64, means, at + j, next);
                Storage.store(F64, squares, at + j, Storage.load(F64, squares, at + j) + (x - mean) * (x - next));
            }
        }
    }

    @Override
    public void choiceProbabilities(
            int valueType, MemorySegment utilities, MemorySegment mask, MemorySegment probabilities, long rowBegin, long rowEnd, long options,
            double beta) {
        for (long first = rowBegin * options; first < rowEnd * options; first += options) {
            double top = Double.NEGATIVE_INFINITY;
            double sum = 0;
            for (long k = first; k < first + options; k++) {
                double u = Storage.load(valueType, utilities, k);
                top = counts(mask, k) && u > top ? u : top;
            }
            for (long k = first; k < first + options; k++) {
                sum += counts(mask, k) ? likelihood(Storage.load(valueType, utilities, k), top, beta) : 0;
            }
            for (long k = first; k < first + options; k++) {
                Storage.store(valueType, probabilities, k,
                        counts(mask, k) ? likelihood(Storage.load(valueType, utilities, k), top, beta) / sum : 0);
            }
        }
    }

    private static boolean counts(MemorySegment mask, long option) {
        return Storage.isAbsent(mask) || Storage.loadInt(mask, option) != 0;
    }

    private static double likelihood(double utility, double top, double beta) {
        return beta == 0 && Double.isFinite(utility) ? 1 : Math.exp(beta * (utility - top));
    }

    @Override
    public void choiceProbabilitiesBackward(
            int valueType, MemorySegment utilities, MemorySegment probabilities, MemorySegment gradProbabilities,
            MemorySegment gradUtilities, MemorySegment gradBetas, long rowBegin, long rowEnd, long options, double beta) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double along = 0;
            for (long k = row * options; k < (row + 1) * options; k++) {
                along += Storage.load(valueType, probabilities, k) * Storage.load(valueType, gradProbabilities, k);
            }
            double byBeta = 0;
            for (long k = row * options; k < (row + 1) * options; k++) {
                double p = Storage.load(valueType, probabilities, k);
                double pull = p == 0 ? 0 : p * (Storage.load(valueType, gradProbabilities, k) - along);
                byBeta += p == 0 ? 0 : pull * Storage.load(valueType, utilities, k);
                Storage.store(valueType, gradUtilities, k, beta * pull);
            }
            Storage.store(valueType, gradBetas, row, byBeta);
        }
    }

    @Override
    public void sequenceUtility(
            int valueType, MemorySegment tokenLogProbabilities, MemorySegment lengths, MemorySegment utilities, long rowBegin, long rowEnd,
            long tokens, double power) {
        for (long row = rowBegin; row < rowEnd; row++) {
            long length = Math.clamp(Storage.loadInt(lengths, row), 0, tokens);
            double sum = 0;
            for (long t = 0; t < length; t++) {
                sum += Storage.load(valueType, tokenLogProbabilities, row * tokens + t);
            }
            Storage.store(valueType, utilities, row, sum / Math.pow(length, power));
        }
    }

    @Override
    public void sequenceUtilityBackward(
            int valueType, MemorySegment gradUtilities, MemorySegment lengths, MemorySegment gradTokenLogProbabilities, long rowBegin,
            long rowEnd, long tokens, double power) {
        for (long row = rowBegin; row < rowEnd; row++) {
            long length = Math.clamp(Storage.loadInt(lengths, row), 0, tokens);
            double each = Storage.load(valueType, gradUtilities, row) / Math.pow(length, power);
            for (long t = 0; t < tokens; t++) {
                Storage.store(valueType, gradTokenLogProbabilities, row * tokens + t, t < length ? each : 0);
            }
        }
    }

    @Override
    public void expectedGain(
            int valueType, MemorySegment probabilities, MemorySegment gains, MemorySegment values, MemorySegment choices, long rowBegin,
            long rowEnd, long options, long outcomes) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double best = 0;
            int choice = 0;
            for (int i = 0; i < options; i++) {
                double value = 0;
                for (int j = 0; j < outcomes; j++) {
                    value += Storage.load(valueType, gains, (row * options + i) * outcomes + j)
                            * Storage.load(valueType, probabilities, row * outcomes + j);
                }
                Storage.store(valueType, values, row * options + i, value);
                if (i == 0 || value > best) {
                    best = value;
                    choice = i;
                }
            }
            Storage.storeIntIfPresent(choices, row, choice);
        }
    }

    @Override
    public void overlapWeights(
            int valueType, MemorySegment logits, MemorySegment targets, MemorySegment labels, MemorySegment mask, MemorySegment weights,
            long rowBegin, long rowEnd, long classes, int tversky, int squared, double alpha, double gamma, double falsePositive,
            double falseNegative) {
        OverlapFormula formula = new OverlapFormula(tversky == 1, squared == 1, alpha, gamma, falsePositive, falseNegative);
        for (long i = rowBegin; i < rowEnd; i++) {
            OverlapRow row = OverlapRow.load(valueType, logits, targets, labels, mask, i, Math.toIntExact(classes));
            for (int k = 0; k < classes; k++) {
                Storage.store(F64, weights, i * classes + k, row.counts() ? formula.weight(row.p()[k], row.q()[k]) : 0);
            }
        }
    }

    @Override
    public void overlapLoss(
            int valueType, MemorySegment logits, MemorySegment targets, MemorySegment labels, MemorySegment mask,
            MemorySegment batchShared, MemorySegment batchSize, MemorySegment losses, MemorySegment gradLogits, long rowBegin, long rowEnd,
            long classes, int tversky, int squared, double alpha, double gamma, double falsePositive, double falseNegative,
            double gradScale) {
        OverlapFormula formula = new OverlapFormula(tversky == 1, squared == 1, alpha, gamma, falsePositive, falseNegative);
        boolean batch = !Storage.isAbsent(batchShared) && !Storage.isAbsent(batchSize);
        for (long i = rowBegin; i < rowEnd; i++) {
            OverlapRow row = OverlapRow.load(valueType, logits, targets, labels, mask, i, Math.toIntExact(classes));
            double loss = 0;
            double[] shared = new double[row.p().length];
            double[] size = new double[shared.length];
            for (int k = 0; k < shared.length; k++) {
                double weight = formula.weight(row.p()[k], row.q()[k]);
                shared[k] = batch ? Storage.load(F64, batchShared, k) : formula.shared(weight, row.y()[k]);
                size[k] = batch ? Storage.load(F64, batchSize, k) : formula.size(weight, row.y()[k]);
                loss += batch ? 0 : formula.loss(shared[k], size[k]);
            }
            double[] gradient = row.gradient(formula, shared, size);
            Storage.storeIfPresent(valueType, losses, i, row.counts() ? loss : 0);
            for (int k = 0; k < shared.length; k++) {
                Storage.store(valueType, gradLogits, i * classes + k, row.counts() ? gradScale * gradient[k] : 0);
            }
        }
    }
}
