package dev.basin.optim;

import dev.basin.Tensor;
import dev.basin.dispatch.Partials;
import dev.basin.kernel.OptimizerKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of a {@link ConvexFunction}, and what else is asked of one, over tensors of up to a number of elements: sums by blocks
 * of fixed size, combined in their order. Calls must not overlap in time.
 */
final class ConvexGradient {
    private static final int ANY_KIND = 0;
    private static final double ANY = 1;

    private final ConvexFunction function;
    private final BlockStatistics blocks;
    private final MemorySegment partials;
    private final MemorySegment scale;
    private final MemorySegment statistics;
    private final LargestSelection selection;
    private @Nullable Tensor room;

    ConvexGradient(ConvexFunction function, long elements) {
        Arena arena = Arena.ofAuto();
        long groups = function instanceof ConvexFunction.GroupL2 group ? Math.ceilDiv(elements, group.size()) : 0;
        long sums = Math.max(1, Math.max(groups, Math.ceilDiv(elements, OptimizerKernels.LION_K_BLOCK)));
        this.function = function;
        this.blocks = new BlockStatistics(elements);
        this.partials = arena.allocate(sums * Double.BYTES, 64);
        this.scale = arena.allocate(Double.BYTES, 64);
        this.statistics = arena.allocate(2 * Double.BYTES, 64);
        this.selection = new LargestSelection(function instanceof ConvexFunction.TopK ? elements : 0);
    }

    /** What is summed over elements, or the largest of, by the numbers of the seam. */
    private enum Measure {
        LARGEST_MAGNITUDE, VALUE, CONJUGATE_AT_GRADIENT, CONJUGATE, ENTROPY, EXPONENTIAL_PRODUCT
    }

    /** How a step goes about a function. */
    enum Way {
        ELEMENTWISE, BY_STATISTICS, BY_GROUPS, BY_SEARCH
    }

    static Way way(ConvexFunction function) {
        return switch (function) {
            case ConvexFunction.L2 _, ConvexFunction.Lp _, ConvexFunction.LogSumExp _ -> Way.BY_STATISTICS;
            case ConvexFunction.GroupL2 _ -> Way.BY_GROUPS;
            case ConvexFunction.TopK _ -> Way.BY_SEARCH;
            default -> Way.ELEMENTWISE;
        };
    }

    /** The number of a function that is a sum over elements or goes by statistics, or -1. */
    static int kind(ConvexFunction function) {
        return switch (function) {
            case ConvexFunction.L1 _ -> 0;
            case ConvexFunction.Soft _ -> 1;
            case ConvexFunction.Huber _ -> 2;
            case ConvexFunction.Relativistic _ -> 3;
            case ConvexFunction.LogCosh _ -> 4;
            case ConvexFunction.LogSmooth _ -> 5;
            case ConvexFunction.Quadratic _ -> OptimizerKernels.LION_K_QUADRATIC;
            case ConvexFunction.L2 _ -> OptimizerKernels.LION_K_SCALED;
            case ConvexFunction.Lp _ -> OptimizerKernels.LION_K_POWER;
            case ConvexFunction.LogSumExp _ -> OptimizerKernels.LION_K_SOFTMAX;
            default -> -1;
        };
    }

    static double smoothing(ConvexFunction function) {
        return switch (function) {
            case ConvexFunction.Soft(double e) -> e;
            case ConvexFunction.Huber(double e) -> e;
            case ConvexFunction.Relativistic(double e) -> e;
            case ConvexFunction.LogCosh(double e) -> e;
            case ConvexFunction.LogSmooth(double e) -> e;
            case ConvexFunction.LogSumExp(double e) -> e;
            default -> ANY;
        };
    }

    /** The gradient at {@code z} into {@code y}, which may be {@code z}. */
    void gradient(OptimizerKernels kernels, Tensor z, Tensor y) {
        switch (function) {
            case ConvexFunction.GroupL2(long size) -> groups(kernels, z, y, MemorySegment.NULL, size);
            case ConvexFunction.TopK(long k) -> selection.keepSigns(kernels, z, k, y);
            default -> {
                if (way(function) == Way.BY_STATISTICS) {
                    blocks.measure(kernels, z, statistic(), smoothing(function), power());
                    setStatistics();
                }
                kernels.lionKGradient(z.type().code(), z.memory(), y.type().code(), y.memory(), statistics, 0, z.size(),
                        kind(function), smoothing(function), exponent());
            }
        }
    }

    /** The two numbers that {@link OptimizerKernels#lionKStatisticalStep} goes by. */
    MemorySegment stepStatistics(
            OptimizerKernels kernels, Tensor gradient, Tensor momentum, MemorySegment factor, double scale, double beta1) {
        blocks.measure(kernels, gradient, momentum, factor, scale, statistic(), beta1, smoothing(function), power());
        setStatistics();
        return statistics;
    }

    private void setStatistics() {
        double largest = blocks.largest();
        double total = blocks.total();
        switch (function) {
            case ConvexFunction.L2 _ -> setStatistics(Math.sqrt(total), ANY);
            case ConvexFunction.Lp(double p) -> {
                double share = largest == 0 ? 0 : Math.pow(total, (1 - p) / p);
                setStatistics(Double.isNaN(total) ? total : largest, share);
            }
            default -> setStatistics(largest, total);
        }
    }

    private void setStatistics(double first, double second) {
        statistics.setAtIndex(ValueLayout.JAVA_DOUBLE, 0, first);
        statistics.setAtIndex(ValueLayout.JAVA_DOUBLE, 1, second);
    }

    /** The power of the gradient's elements. */
    double exponent() {
        return function instanceof ConvexFunction.Lp(double p) ? p - 1 : ANY;
    }

    private double power() {
        return function instanceof ConvexFunction.Lp(double p) ? p : 2;
    }

    private BlockStatistics.Statistic statistic() {
        return switch (function) {
            case ConvexFunction.Lp _ -> BlockStatistics.Statistic.POWERS;
            case ConvexFunction.LogSumExp _ -> BlockStatistics.Statistic.EXPONENTIALS;
            default -> BlockStatistics.Statistic.SQUARES;
        };
    }

    /** K at {@code z}. */
    double value(OptimizerKernels kernels, Tensor z) {
        return switch (function) {
            case ConvexFunction.L2 _ -> norm(kernels, z);
            case ConvexFunction.Lp(double p) -> powerNorm(kernels, z, p);
            case ConvexFunction.GroupL2(long size) -> Partials.sum(partials, groups(kernels, z, roomLike(z), partials, size));
            case ConvexFunction.TopK(long k) -> {
                Tensor kept = roomLike(z);
                selection.keepValues(kernels, z, k, kept);
                yield measure(kernels, kept, Measure.VALUE, ANY_KIND);
            }
            case ConvexFunction.LogSumExp(double e) -> {
                blocks.measure(kernels, z, statistic(), e, ANY);
                yield blocks.largest() + e * Math.log(blocks.total());
            }
            default -> measure(kernels, z, Measure.VALUE, kind(function));
        };
    }

    /** K* at the gradient of {@code z}. */
    double conjugateAtGradient(OptimizerKernels kernels, Tensor z) {
        return switch (function) {
            case ConvexFunction.LogSumExp(double e) -> {
                blocks.measure(kernels, z, statistic(), e, ANY);
                double product = Partials.sum(
                        partials, measured(kernels, z, Measure.EXPONENTIAL_PRODUCT, ANY_KIND, blocks.largest()));
                yield product / blocks.total() - e * Math.log(blocks.total());
            }
            default -> way(function) != Way.ELEMENTWISE
                    ? 0 : measure(kernels, z, Measure.CONJUGATE_AT_GRADIENT, kind(function));
        };
    }

    /** K* at any {@code y}: infinite outside of its domain, but for 1e-6. */
    double conjugate(OptimizerKernels kernels, Tensor y) {
        return switch (function) {
            case ConvexFunction.L2 _ -> inside(norm(kernels, y), 1);
            case ConvexFunction.Lp(double p) -> inside(powerNorm(kernels, y, p / (p - 1)), 1);
            case ConvexFunction.GroupL2(long size) -> {
                double worst = 0;
                long count = groups(kernels, y, roomLike(y), partials, size);
                for (long i = 0; i < count; i++) {
                    worst += inside(partials.getAtIndex(ValueLayout.JAVA_DOUBLE, i), 1);
                }
                yield worst;
            }
            case ConvexFunction.TopK(long k) -> inside(largestMagnitude(kernels, y), 1)
                    + inside(measure(kernels, y, Measure.VALUE, ANY_KIND), Math.min(k, y.size()));
            case ConvexFunction.LogSumExp(double e) -> {
                double sum = measure(kernels, y, Measure.VALUE, ANY_KIND);
                yield e * measure(kernels, y, Measure.ENTROPY, ANY_KIND) + inside(Math.abs(sum - 1) + 1, 1);
            }
            default -> measure(kernels, y, Measure.CONJUGATE, kind(function));
        };
    }

    /** Made when it is first needed, which a step's gradient never does. */
    private Tensor roomLike(Tensor tensor) {
        if (room == null || !room.hasShapeOf(tensor) || room.type() != tensor.type()) {
            room = Tensor.allocate(Arena.ofAuto(), tensor.type(), tensor.shape());
        }
        return room;
    }

    private static double inside(double size, double bound) {
        return size <= bound * (1 + 1e-6) ? 0 : Double.POSITIVE_INFINITY;
    }

    private long groups(OptimizerKernels kernels, Tensor z, Tensor y, MemorySegment norms, long size) {
        long groups = Math.ceilDiv(z.size(), size);
        kernels.lionKGroups(
                z.type().code(), z.memory(), y.type().code(), y.memory(), norms, 0, groups, z.size(), size);
        return groups;
    }

    private double norm(OptimizerKernels kernels, Tensor z) {
        blocks.measure(kernels, z, BlockStatistics.Statistic.SQUARES, ANY, 2);
        return Math.sqrt(blocks.total());
    }

    private double powerNorm(OptimizerKernels kernels, Tensor z, double p) {
        blocks.measure(kernels, z, BlockStatistics.Statistic.POWERS, ANY, p);
        return blocks.largest() == 0 ? blocks.total() : blocks.largest() * Math.pow(blocks.total(), 1 / p);
    }

    private double largestMagnitude(OptimizerKernels kernels, Tensor z) {
        return Math.max(0, largest(measured(kernels, z, Measure.LARGEST_MAGNITUDE, ANY_KIND, 0)));
    }

    private double measure(OptimizerKernels kernels, Tensor z, Measure measure, int kind) {
        return Partials.sum(partials, measured(kernels, z, measure, kind, 0));
    }

    private long measured(OptimizerKernels kernels, Tensor z, Measure measure, int kind, double by) {
        long count = Math.ceilDiv(z.size(), OptimizerKernels.LION_K_BLOCK);
        scale.set(ValueLayout.JAVA_DOUBLE, 0, by);
        kernels.lionKPartials(z.type().code(), z.memory(), scale, partials, 0, count, z.size(), measure.ordinal(), kind,
                smoothing(function));
        return count;
    }

    private double largest(long count) {
        double largest = Double.NEGATIVE_INFINITY;
        for (long i = 0; i < count; i++) {
            largest = Math.max(largest, partials.getAtIndex(ValueLayout.JAVA_DOUBLE, i));
        }
        return largest;
    }
}
