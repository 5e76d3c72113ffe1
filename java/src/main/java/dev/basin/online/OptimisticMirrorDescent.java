package dev.basin.online;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.kernel.OnlineKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Optimistic online mirror descent with the Euclidean norm, whose regret goes from the adversarial to the stochastic bound as gradients become
 * predictable (Chen, Tu, Zhao and Zhang, Optimistic Online Mirror Descent for Bridging Stochastic and Adversarial Online Convex
 * Optimization, ICML 2023, arXiv 2302.04552).
 *
 * <pre>{@code
 * center' = P(center - eta g),   point = P(center' - eta' M)      g the gradient at the last point, M a guess of the next one
 * convex:            eta = D / sqrt(delta + 4 G^2 + V),  V = sum of |g - M|^2 over the rounds before,  eta' the same after this round
 * strongly convex:   eta = 2 / (lambda t),  eta' = 2 / (lambda (t + 1))
 * }</pre>
 *
 * The paper's hint is the last gradient, {@code M = g}: then the same tensor serves for both. A hint of zeros is plain mirror descent.
 * For the ball the norms of both projections follow from inner products of the first pass, so that a round is two passes.
 *
 * <p><b>Shapes.</b> Vectors of any shape without gaps, all alike, f32 (f64 on the Java backends). Sums are in double, whatever the
 * threads. A gradient or a past hint that is not finite is refused, and in the ball and the simplex a center or a hint; without bounds and in
 * a box those stay in their element. Errors are {@link IllegalArgumentException}; outputs are untouched then. Immutable; the numbers of the
 * round are the caller's.
 */
public final class OptimisticMirrorDescent {
    private final Domain domain;
    private final Options options;

    public OptimisticMirrorDescent(Options options) {
        this.options = options;
        this.domain = Domain.of(options.domain());
    }

    /**
     * What a learner knows beforehand; the unit ball unless told.
     *
     * @param domain where points lie
     * @param diameter {@code D}, of the domain, above 0
     * @param gradientBound {@code G}, of the norm of gradients, at least 0
     * @param delta at least 0, and above it where the gradient bound is 0; the paper's 10 (D L)^2 where the smoothness L is known
     */
    public record Options(Projection domain, double diameter, double gradientBound, double delta) {
        public Options {
            CommonChecks.positive("diameter", diameter);
            CommonChecks.atLeastZero("gradientBound", gradientBound);
            CommonChecks.atLeastZero("delta", delta);
            if (!(delta + 4 * gradientBound * gradientBound > 0)) {
                throw new IllegalArgumentException("delta must be above 0 where gradientBound is 0, got " + delta);
            }
        }

        public static Options defaults() {
            return new Options(new Projection.Ball(1), 2, 1, 1);
        }

        public Options domain(Projection within) {
            return new Options(within, diameter, gradientBound, delta);
        }

        public Options diameter(double across) {
            return new Options(domain, across, gradientBound, delta);
        }

        public Options gradientBound(double bound) {
            return new Options(domain, diameter, bound, delta);
        }

        public Options delta(double added) {
            return new Options(domain, diameter, gradientBound, added);
        }
    }

    /**
     * The numbers of a round.
     *
     * @param variation {@code V} after it
     * @param eta the step to the center
     * @param nextEta the step to the point
     */
    public record Round(double variation, double eta, double nextEta) {}

    /**
     * A round of the convex case.
     *
     * @param center updated
     * @param gradient at the point of the round before
     * @param pastHint the hint of the round before; null for zeros
     * @param hint a guess of the next gradient; may be the gradient
     * @param point written: where the next gradient is to be taken
     * @param variation {@code V} of the rounds before, 0 at first
     */
    public Round step(
            Basin basin, Tensor center, Tensor gradient, @Nullable Tensor pastHint, Tensor hint, Tensor point, double variation) {
        CommonChecks.atLeastZero("variation", variation);
        return round(basin, center, gradient, pastHint, hint, point, variation, true, 0, 0);
    }

    /**
     * A round for losses that are strongly convex.
     *
     * @param convexity {@code lambda}, above 0
     * @param round {@code t}, counted from 1
     */
    public void stronglyConvexStep(
            Basin basin, Tensor center, Tensor gradient, Tensor hint, Tensor point, double convexity, long round) {
        CommonChecks.positive("convexity", convexity);
        if (round < 1) {
            throw new IllegalArgumentException("round must be at least 1, got " + round);
        }
        round(basin, center, gradient, null, hint, point, 0, false, 2 / (convexity * round), 2 / (convexity * (round + 1)));
    }

    private Round round(
            Basin basin, Tensor center, Tensor gradient, @Nullable Tensor pastHint, Tensor hint, Tensor point, double variation,
            boolean adaptive, double eta, double nextEta) {
        check(basin, center, gradient, pastHint, hint, point);
        long blocks = Math.ceilDiv(center.size(), OnlineKernels.MIRROR_DESCENT_BLOCK);
        long sums = blocks * OnlineKernels.MIRROR_DESCENT_SUMS * Double.BYTES;
        MemorySegment scratch = basin.scratch().acquire(sums + (1 + OnlineKernels.MIRROR_DESCENT_FACTORS) * Double.BYTES);
        try {
            MemorySegment partials = scratch.asSlice(0, sums);
            MemorySegment before = scratch.asSlice(sums, Double.BYTES);
            MemorySegment factors = scratch.asSlice(sums + Double.BYTES, OnlineKernels.MIRROR_DESCENT_FACTORS * Double.BYTES);
            before.set(ValueLayout.JAVA_DOUBLE, 0, variation);
            basin.kernels().online().mirrorDescentSums(
                    center.type().code(), center.memory(), gradient.memory(), pastHint == null ? MemorySegment.NULL : pastHint.memory(),
                    hint.memory(), partials, 0, blocks, center.size(), domain.isBall() ? 1 : 0);
            basin.kernels().online().mirrorDescentFactors(
                    partials, before, factors, 0, 1, blocks, domain.code(), domain.radius(), adaptive ? 1 : 0, options.diameter(),
                    options.gradientBound(), options.delta(), eta, nextEta);
            requireFinite(factors, center, gradient, pastHint, hint);
            Round round = new Round(factor(factors, 4), factor(factors, 0), factor(factors, 2));
            move(basin, center, gradient, hint, point, factors);
            return round;
        } finally {
            basin.scratch().release(scratch);
        }
    }

    private void check(Basin basin, Tensor center, Tensor gradient, @Nullable Tensor pastHint, Tensor hint, Tensor point) {
        Checks.requireContiguous("center", center);
        Checks.requireShape("gradient", gradient, "center", center);
        Checks.requireContiguous("gradient", gradient);
        Checks.requireShape("hint", hint, "center", center);
        Checks.requireContiguous("hint", hint);
        Checks.requireShape("point", point, "center", center);
        Checks.requireContiguous("point", point);
        if (pastHint != null) {
            Checks.requireShape("pastHint", pastHint, "center", center);
            Checks.requireContiguous("pastHint", pastHint);
        }
        if (domain.isSimplex()) {
            Checks.requireFinite(basin, "center", center);
            Checks.requireFinite(basin, "hint", hint);
        }
    }

    private static double factor(MemorySegment factors, int index) {
        return factors.get(ValueLayout.JAVA_DOUBLE, (long) index * Double.BYTES);
    }

    /** Whatever the sums met is in the variation, and in the ball in what points shrink by: 0 of an infinite norm. */
    private void requireFinite(MemorySegment factors, Tensor center, Tensor gradient, @Nullable Tensor pastHint, Tensor hint) {
        boolean fine = true;
        for (int i = 0; i < OnlineKernels.MIRROR_DESCENT_FACTORS; i++) {
            fine &= Double.isFinite(factor(factors, i)) && (i != 1 && i != 3 || factor(factors, i) > 0);
        }
        if (fine) {
            return;
        }
        Checks.requireEach("gradient", gradient, "finite", Double::isFinite);
        if (pastHint != null) {
            Checks.requireEach("pastHint", pastHint, "finite", Double::isFinite);
        }
        if (domain.isBall()) {
            Checks.requireEach("center", center, "finite", Double::isFinite);
            Checks.requireEach("hint", hint, "finite", Double::isFinite);
        }
    }

    private void move(Basin basin, Tensor center, Tensor gradient, Tensor hint, Tensor point, MemorySegment factors) {
        if (!domain.isSimplex()) {
            half(basin, center, gradient, center, hint.memory(), point.memory(), factors);
            return;
        }
        MemorySegment none = MemorySegment.NULL;
        half(basin, center, gradient, center, none, none, factors);
        domain.project(basin, row(center), row(center));
        factors.set(ValueLayout.JAVA_DOUBLE, 0, factor(factors, 2));
        half(basin, center, hint, point, none, none, factors);
        domain.project(basin, row(point), row(point));
    }

    private static Tensor row(Tensor tensor) {
        return Tensor.of(tensor.memory(), tensor.type(), tensor.size());
    }

    private void half(
            Basin basin, Tensor from, Tensor along, Tensor to, MemorySegment hint, MemorySegment point, MemorySegment factors) {
        basin.kernels().online().mirrorDescentStep(
                from.type().code(), from.memory(), along.memory(), to.memory(), hint, point, factors.asSlice(0, 4 * Double.BYTES), 0,
                from.size(), domain.code(), domain.lowest(), domain.highest());
    }
}
