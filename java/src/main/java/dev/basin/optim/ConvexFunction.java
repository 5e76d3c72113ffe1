package dev.basin.optim;

/**
 * The convex functions K that {@link LionK} descends by, of all elements z of a tensor. Each says which weights the method drives
 * towards: those that {@code decay w} leads into the domain of the convex conjugate K*.
 */
public sealed interface ConvexFunction {
    /** {@code sum |z|}: Lion. The largest {@code |decay w|} is at most 1. */
    record L1() implements ConvexFunction {}

    /** The norm {@code |z|}. That of {@code decay w} is at most 1. */
    record L2() implements ConvexFunction {}

    /** The norm with power {@code p}, above 1. The norm of {@code decay w} with power {@code p / (p - 1)} is at most 1. */
    record Lp(double p) implements ConvexFunction {
        public Lp {
            require(p > 1 && Double.isFinite(p), "p must be finite and above 1, got " + p);
        }
    }

    /** The sum of the norms of groups of {@code size} neighbours, the last of which may be shorter. Each group's norm is at most 1. */
    record GroupL2(long size) implements ConvexFunction {
        public GroupL2 {
            require(size >= 1, "size must be at least 1, got " + size);
        }
    }

    /** {@code sum max(|z| - e, 0)}: small elements do not move. */
    record Soft(double e) implements ConvexFunction {
        public Soft {
            requireAbove0(e);
        }
    }

    /** {@code z^2 / 2e} up to e, {@code |z| - e/2} beyond. */
    record Huber(double e) implements ConvexFunction {
        public Huber {
            requireAbove0(e);
        }
    }

    /** {@code sum sqrt(z^2 + e^2)}. */
    record Relativistic(double e) implements ConvexFunction {
        public Relativistic {
            requireAbove0(e);
        }
    }

    /** {@code e sum log cosh(z / e)}. */
    record LogCosh(double e) implements ConvexFunction {
        public LogCosh {
            requireAbove0(e);
        }
    }

    /** {@code sum |z| - e log(1 + |z| / e)}. */
    record LogSmooth(double e) implements ConvexFunction {
        public LogSmooth {
            requireAbove0(e);
        }
    }

    /** The sum of the {@code k} largest {@code |z|}, ties to the lowest index; of all of them where there are fewer. */
    record TopK(long k) implements ConvexFunction {
        public TopK {
            require(k >= 1, "k must be at least 1, got " + k);
        }
    }

    /** {@code e log sum exp(z / e)}, which is not even: weights move towards the softmax of {@code -u / e}. */
    record LogSumExp(double e) implements ConvexFunction {
        public LogSumExp {
            requireAbove0(e);
        }
    }

    /** {@code sum z^2 / 2}: momentum descent. No weights are ruled out. */
    record Quadratic() implements ConvexFunction {}

    private static void requireAbove0(double e) {
        require(e > 0 && Double.isFinite(e), "e must be finite and above 0, got " + e);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
