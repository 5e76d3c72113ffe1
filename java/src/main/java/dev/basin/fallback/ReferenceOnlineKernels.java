package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.OnlineKernels;
import java.lang.foreign.MemorySegment;

/** Online learning in double, as the papers read. */
final class ReferenceOnlineKernels implements OnlineKernels {
    private static final int F64 = DataType.F64.code();
    private static final int MOST_STEPS = 60;
    private static final int BOX = 1;
    private static final int BALL = 2;
    private static final int SIMPLEX = 3;

    @Override
    public void logBarrierPolicy(
            int valueType, MemorySegment cumulativeLosses, long lossesStride, MemorySegment policy, long policyStride, MemorySegment shifts,
            long rowBegin, long rowEnd, long actions, double eta) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double[] x = Storage.loadRow(valueType, cumulativeLosses, row * lossesStride, (int) actions);
            double least = least(x);
            for (int a = 0; a < x.length; a++) {
                x[a] = eta * (x[a] - least);
            }
            double s = logBarrierShift(x);
            double total = 0;
            for (double gap : x) {
                total += 1 / (gap + s);
            }
            for (int a = 0; a < x.length; a++) {
                x[a] = 1 / (x[a] + s) / total;
            }
            Storage.storeRowIfPresent(valueType, policy, row * policyStride, x);
            Storage.storeIfPresent(valueType, shifts, row, s / eta - least);
        }
    }

    private static double least(double[] values) {
        double least = Double.POSITIVE_INFINITY;
        for (double value : values) {
            least = value < least ? value : least;
        }
        return least;
    }

    /** Newton's method on 1 / F(s) - 1, from the number of actions at the minimum. */
    private static double logBarrierShift(double[] x) {
        double s = 0;
        for (double gap : x) {
            s += gap == 0 ? 1 : 0;
        }
        for (int step = 0; step < MOST_STEPS; step++) {
            double total = 0;
            double squares = 0;
            for (double gap : x) {
                double inverse = 1 / (gap + s);
                total += inverse;
                squares += inverse * inverse;
            }
            double rise = total * (total - 1) / squares;
            s += rise;
            if (!(rise > 4 * Math.ulp(s))) {
                break;
            }
        }
        return s;
    }

    @Override
    public void exponentialWeightsPolicy(
            int valueType, MemorySegment cumulativeLosses, long lossesStride, MemorySegment policy, long policyStride,
            long rowBegin, long rowEnd, long actions, double eta) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double[] x = Storage.loadRow(valueType, cumulativeLosses, row * lossesStride, (int) actions);
            for (int a = 0; a < x.length; a++) {
                x[a] *= -eta;
            }
            softmax(x);
            Storage.storeRowIfPresent(valueType, policy, row * policyStride, x);
        }
    }

    /** Replaces scores by their softmax; returns their log-sum-exp. */
    private static double softmax(double[] x) {
        double top = Double.NEGATIVE_INFINITY;
        for (double score : x) {
            top = score > top ? score : top;
        }
        double total = 0;
        for (double score : x) {
            total += Math.exp(score - top);
        }
        for (int a = 0; a < x.length; a++) {
            x[a] = Math.exp(x[a] - top) / total;
        }
        return top + Math.log(total);
    }

    @Override
    public void policyBackward(
            int valueType, MemorySegment policy, MemorySegment gradPolicy, MemorySegment cumulativeLosses, MemorySegment gradLosses,
            MemorySegment gradEtas, long rowBegin, long rowEnd, long actions, double eta, int power) {
        for (long row = rowBegin; row < rowEnd; row++) {
            long first = row * actions;
            double[] weights = Storage.loadRow(valueType, policy, first, (int) actions);
            double[] gradient = Storage.loadRow(valueType, gradPolicy, first, (int) actions);
            double from = gradient[0];
            double along = 0;
            double total = 0;
            for (int a = 0; a < weights.length; a++) {
                weights[a] = power == 2 ? weights[a] * weights[a] : weights[a];
                gradient[a] -= from;
                along += weights[a] * gradient[a];
                total += weights[a];
            }
            double byEta = 0;
            double origin = Storage.load(valueType, cumulativeLosses, first);
            for (int a = 0; a < weights.length; a++) {
                gradient[a] = -eta * weights[a] * (gradient[a] - along / total);
                byEta += (Storage.load(valueType, cumulativeLosses, first + a) - origin) * gradient[a];
            }
            Storage.storeRowIfPresent(valueType, gradLosses, first, gradient);
            Storage.store(F64, gradEtas, row, byEta / eta);
        }
    }

    @Override
    public void sumNegativeParts(
            int valueType, MemorySegment values, long valuesStride, MemorySegment sums, long rowBegin, long rowEnd, long width) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double sum = 0;
            for (long k = 0; k < width; k++) {
                sum += Math.min(Storage.load(valueType, values, row * valuesStride + k), 0);
            }
            Storage.store(F64, sums, row, sum);
        }
    }

    @Override
    public void matrixVector(
            int valueType, MemorySegment matrix, long matrixStride, MemorySegment vector, MemorySegment product, long rowBegin, long rowEnd,
            long width, double scale) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double sum = 0;
            for (long k = 0; k < width; k++) {
                sum += Storage.load(valueType, matrix, row * matrixStride + k) * Storage.load(valueType, vector, k);
            }
            Storage.store(valueType, product, row, scale * sum);
        }
    }

    @Override
    public void rankOneUpdate(
            int valueType, MemorySegment matrix, long matrixStride, MemorySegment left, MemorySegment right, long rowBegin, long rowEnd,
            long width, double scale) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double own = Storage.load(valueType, left, row);
            for (long k = 0; k < width; k++) {
                double entry = Storage.load(valueType, matrix, row * matrixStride + k);
                Storage.store(valueType, matrix, row * matrixStride + k, entry + scale * (own * Storage.load(valueType, right, k)));
            }
        }
    }

    @Override
    public void explorationBonus(
            int valueType, MemorySegment features, MemorySegment products, MemorySegment policy, MemorySegment bonus, long rowBegin,
            long rowEnd, long actions, long width, double beta) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double[] norms = new double[(int) actions];
            double expected = 0;
            for (int a = 0; a < norms.length; a++) {
                long first = (row * actions + a) * width;
                for (long k = first; k < first + width; k++) {
                    norms[a] += Storage.load(valueType, features, k) * Storage.load(valueType, products, k);
                }
                expected += Storage.load(valueType, policy, row * actions + a) * norms[a];
            }
            for (int a = 0; a < norms.length; a++) {
                Storage.store(valueType, bonus, row * actions + a, beta * (norms[a] + expected));
            }
        }
    }

    @Override
    public void projectRows(
            int valueType, MemorySegment points, long pointsStride, MemorySegment projected, long projectedStride, long rowBegin, long rowEnd,
            long width, int domain, double lowest, double highest, double radius) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double[] x = Storage.loadRow(valueType, points, row * pointsStride, (int) width);
            switch (domain) {
                case BOX -> toBox(x, lowest, highest);
                case BALL -> toBall(x, radius);
                case SIMPLEX -> toSimplex(x);
                default -> { }
            }
            Storage.storeRowIfPresent(valueType, projected, row * projectedStride, x);
        }
    }

    private static void toBox(double[] x, double lowest, double highest) {
        for (int k = 0; k < x.length; k++) {
            x[k] = Math.min(highest, Math.max(lowest, x[k]));
        }
    }

    private static void toBall(double[] x, double radius) {
        double squares = 0;
        for (double entry : x) {
            squares += entry * entry;
        }
        double shrink = shrink(Math.sqrt(squares), radius);
        for (int k = 0; k < x.length; k++) {
            x[k] *= shrink;
        }
    }

    private static double shrink(double norm, double radius) {
        return norm <= radius ? 1 : radius / norm;
    }

    /** Newton's method from below on sum max(x - theta, 0) = 1, which is made of straight pieces (Michelot). */
    private static void toSimplex(double[] x) {
        double theta = -1;
        for (double entry : x) {
            theta += entry;
        }
        theta /= x.length;
        double rise = 1;
        for (int count = 0, before = -1; rise > 0 && count != before;) {
            before = count;
            count = 0;
            double excess = 0;
            for (double entry : x) {
                excess += Math.max(0, entry - theta);
                count += entry - theta > 0 ? 1 : 0;
            }
            if (count == 0) {
                break;
            }
            rise = (excess - 1) / count;
            theta += rise;
        }
        for (int k = 0; k < x.length; k++) {
            x[k] = Math.max(0, x[k] - theta);
        }
    }

    @Override
    public void optimisticHedgeStep(
            int valueType, MemorySegment logWeights, long weightsStride, MemorySegment grad, MemorySegment hint, long gradStride,
            MemorySegment logNext, long nextStride, MemorySegment policy, long policyStride, long rowBegin, long rowEnd, long actions,
            double eta, double nextEta) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double[] next = Storage.loadRow(valueType, logWeights, row * weightsStride, (int) actions);
            for (int a = 0; a < next.length; a++) {
                next[a] -= eta * Storage.load(valueType, grad, row * gradStride + a);
            }
            double lse = softmax(next.clone());
            double[] hinted = new double[next.length];
            for (int a = 0; a < next.length; a++) {
                next[a] -= lse;
                hinted[a] = next[a] - nextEta * Storage.load(valueType, hint, row * gradStride + a);
            }
            softmax(hinted);
            Storage.storeRowIfPresent(valueType, logNext, row * nextStride, next);
            Storage.storeRowIfPresent(valueType, policy, row * policyStride, hinted);
        }
    }

    @Override
    public void mirrorDescentSums(
            int valueType, MemorySegment center, MemorySegment grad, MemorySegment pastHint, MemorySegment hint, MemorySegment partials,
            long blockBegin, long blockEnd, long elements, int products) {
        for (long block = blockBegin; block < blockEnd; block++) {
            double[] sums = new double[(int) MIRROR_DESCENT_SUMS];
            for (long k = block * MIRROR_DESCENT_BLOCK; k < Math.min(elements, (block + 1) * MIRROR_DESCENT_BLOCK); k++) {
                double g = Storage.load(valueType, grad, k);
                double error = g - Storage.loadOr(0, valueType, pastHint, k);
                sums[0] += error * error;
                if (products == 1) {
                    addProducts(Storage.load(valueType, center, k), g, Storage.load(valueType, hint, k), sums);
                }
            }
            Storage.storeRowIfPresent(F64, partials, block * MIRROR_DESCENT_SUMS, sums);
        }
    }

    private static void addProducts(double x, double g, double m, double[] sums) {
        sums[1] += x * x;
        sums[2] += x * g;
        sums[3] += g * g;
        sums[4] += x * m;
        sums[5] += g * m;
        sums[6] += m * m;
    }

    @Override
    public void mirrorDescentFactors(
            MemorySegment partials, MemorySegment variation, MemorySegment factors, long learnerBegin, long learnerEnd, long blocks,
            int domain, double radius, int adaptive, double diameter, double gradientBound, double delta, double givenEta,
            double givenNextEta) {
        for (long learner = learnerBegin; learner < learnerEnd; learner++) {
            double[] sums = new double[(int) MIRROR_DESCENT_SUMS];
            for (long block = learner * blocks; block < (learner + 1) * blocks; block++) {
                for (int k = 0; k < sums.length; k++) {
                    sums[k] += Storage.load(F64, partials, block * sums.length + k);
                }
            }
            double before = Storage.load(F64, variation, learner);
            double after = before + sums[0];
            double floor = delta + 4 * gradientBound * gradientBound;
            double eta = adaptive == 1 ? diameter / Math.sqrt(floor + before) : givenEta;
            double next = adaptive == 1 ? diameter / Math.sqrt(floor + after) : givenNextEta;
            double moved = sums[1] - 2 * eta * sums[2] + eta * eta * sums[3];
            double by = domain == BALL ? shrink(Math.sqrt(Math.max(0, moved)), radius) : 1;
            double hinted = by * by * moved - 2 * next * by * (sums[4] - eta * sums[5]) + next * next * sums[6];
            double nextBy = domain == BALL ? shrink(Math.sqrt(Math.max(0, hinted)), radius) : 1;
            Storage.storeRowIfPresent(F64, factors, learner * MIRROR_DESCENT_FACTORS, new double[] {eta, by, next, nextBy, after});
        }
    }

    @Override
    public void mirrorDescentStep(
            int valueType, MemorySegment center, MemorySegment grad, MemorySegment nextCenter, MemorySegment hint, MemorySegment point,
            MemorySegment factors, long begin, long end, int domain, double lowest, double highest) {
        double eta = Storage.load(F64, factors, 0);
        double by = Storage.load(F64, factors, 1);
        double next = Storage.load(F64, factors, 2);
        double nextBy = Storage.load(F64, factors, 3);
        double low = domain == BOX ? lowest : Double.NEGATIVE_INFINITY;
        double high = domain == BOX ? highest : Double.POSITIVE_INFINITY;
        for (long k = begin; k < end; k++) {
            double moved = Math.min(high, Math.max(low, by * (Storage.load(valueType, center, k) - eta * Storage.load(valueType, grad, k))));
            Storage.store(valueType, nextCenter, k, moved);
            double hinted = moved - next * Storage.loadOr(0, valueType, hint, k);
            Storage.storeIfPresent(valueType, point, k, Math.min(high, Math.max(low, nextBy * hinted)));
        }
    }
}
