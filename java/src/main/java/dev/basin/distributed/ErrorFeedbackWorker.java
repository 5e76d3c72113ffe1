package dev.basin.distributed;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.OptimizerKernels;
import dev.basin.optim.LargestSelection;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A worker of EF21 and EF21-W (Richtarik, Gasanov and Burlachenko, Error Feedback Reloaded: From Quadratic to Arithmetic Mean of Smoothness
 * Constants, 2024, arXiv 2402.10774): it sends the compressed difference of its gradient to what the server knows of it.
 *
 * <pre>{@code
 * u = C(scale f'(x) - g);  g = g + u;  send u          scale = 1, or with weights 1 / (n w)
 * }</pre>
 *
 * Gradients are f32 or bf16, what is known of them f32 (both f64 on the reference). NaN among the differences is refused with the first index,
 * since nothing is the largest then; infinities are largest. Calls of one worker must not overlap in time.
 */
public final class ErrorFeedbackWorker {
    private static final int SUM_OF_MAGNITUDES = 4;

    private final Basin basin;
    private final Compressor compressor;
    private final double scale;
    private final Tensor known;
    private final Tensor difference;
    private final Tensor indices;
    private final Tensor entries;
    private final LargestSelection selection;
    private final MemorySegment partials;
    private final MemorySegment mean;

    /**
     * A worker that knows nothing yet.
     *
     * @param elements of the gradients
     * @param scale what gradients are multiplied by: 1, or {@code 1 / (n w)} for EF21-W; finite and above 0
     */
    public ErrorFeedbackWorker(Basin basin, Compressor compressor, long elements, double scale) {
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException("scale must be finite and above 0, got " + scale);
        }
        Arena arena = Arena.ofAuto();
        DataType type = basin.backend().equals("reference") ? DataType.F64 : DataType.F32;
        long kept = compressor instanceof Compressor.TopK(long k) ? Math.min(k, elements) : 0;
        this.basin = basin;
        this.compressor = compressor;
        this.scale = scale;
        this.known = Tensor.allocate(arena, type, elements);
        this.difference = Tensor.allocate(arena, type, elements);
        this.indices = Tensor.allocate(arena, DataType.I32, kept);
        this.entries = Tensor.allocate(arena, type, kept);
        this.selection = new LargestSelection(kept == 0 ? 0 : elements);
        this.partials = arena.allocate((blocks(elements) + 1) * Double.BYTES, 64);
        this.mean = arena.allocate(Double.BYTES, 64);
    }

    private static long blocks(long elements) {
        return Math.ceilDiv(elements, OptimizerKernels.LION_K_BLOCK);
    }

    /** What the server knows of the gradient: memory of the worker's own, to read, save or begin with. */
    public Tensor known() {
        return known;
    }

    /**
     * Moves what is known towards a gradient.
     *
     * @throws IllegalArgumentException if the gradient does not fit, or the difference has a NaN; nothing has changed then
     */
    public ErrorFeedbackMessage update(Tensor gradient) {
        if (gradient.size() != known.size() || !gradient.isContiguous()) {
            throw new IllegalArgumentException("gradient must have " + known.size() + " elements without gaps, got " + gradient);
        }
        basin.kernels().distributed().scaledDifference(
                gradient.type().code(), gradient.memory(), known.type().code(), known.memory(), difference.type().code(),
                difference.memory(), 0, known.size(), scale);
        double magnitude = sumOfMagnitudes();
        if (Double.isNaN(magnitude)) {
            throw new IllegalArgumentException("the difference to the gradient must have no NaN, got one at " + firstNotANumber());
        }
        return switch (compressor) {
            case Compressor.TopK(long k) -> sparse(k);
            case Compressor.ScaledSign _ -> {
                mean.set(ValueLayout.JAVA_DOUBLE, 0, known.size() == 0 ? 0 : magnitude / known.size());
                basin.kernels().distributed().scaledSign(difference.type().code(), difference.memory(), difference.type().code(),
                        difference.memory(), mean, 0, known.size());
                yield dense();
            }
            case Compressor.Identity _ -> dense();
        };
    }

    private ErrorFeedbackMessage sparse(long k) {
        selection.list(basin, difference, k, indices, entries);
        basin.kernels().distributed().scatterAdd(known.type().code(), known.memory(), indices.memory(), entries.type().code(),
                entries.memory(), 0, known.size(), indices.size(), 1);
        return ErrorFeedbackMessage.of(known.size(), indices.memory().toArray(ValueLayout.JAVA_INT), entries);
    }

    private ErrorFeedbackMessage dense() {
        basin.kernels().distributed().accumulateDifference(known.type().code(), known.memory(), difference.type().code(),
                difference.memory(), difference.type().code(), MemorySegment.NULL, 0, known.size(), 1);
        return ErrorFeedbackMessage.of(known.size(), new int[0], difference);
    }

    private double sumOfMagnitudes() {
        long blocks = blocks(known.size());
        mean.set(ValueLayout.JAVA_DOUBLE, 0, 1);
        basin.kernels().optimizer().lionKPartials(difference.type().code(), difference.memory(), mean, partials, 0, blocks, known.size(),
                SUM_OF_MAGNITUDES, 0, 1, 1);
        double total = 0;
        for (long block = 0; block < blocks; block++) {
            total += partials.getAtIndex(ValueLayout.JAVA_DOUBLE, block);
        }
        return total;
    }

    private long firstNotANumber() {
        long i = 0;
        while (!Double.isNaN(difference.get(i))) {
            i++;
        }
        return i;
    }
}
