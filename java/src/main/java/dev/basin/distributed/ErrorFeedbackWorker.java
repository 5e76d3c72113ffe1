package dev.basin.distributed;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.optim.ConvexFunction;
import dev.basin.optim.LargestSelection;
import dev.basin.optim.LionK;
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
 * Gradients are f32 or bf16, what is known of them f32 (f64 for f64, which the reference alone takes). NaN among the differences is refused
 * with the first index, since nothing is the largest then; infinities are largest. Calls of one worker must not overlap in time.
 */
public final class ErrorFeedbackWorker {
    private final Basin basin;
    private final Compressor compressor;
    private final double scale;
    private final Tensor known;
    private final Tensor difference;
    private final Tensor indices;
    private final Tensor entries;
    private final LargestSelection selection;
    private final LionK.Values magnitudes;
    private final MemorySegment mean;

    /** A worker with gradients in f32 or bf16 that knows nothing yet. */
    public ErrorFeedbackWorker(Basin basin, Compressor compressor, long elements, double scale) {
        this(basin, compressor, elements, scale, DataType.F32);
    }

    /**
     * A worker that knows nothing yet.
     *
     * @param elements of the gradients
     * @param scale what gradients are multiplied by: 1, or {@code 1 / (n w)} for EF21-W; finite and above 0
     * @param gradients their type: what is known of them is f64 for f64, and f32 for all else
     */
    public ErrorFeedbackWorker(Basin basin, Compressor compressor, long elements, double scale, DataType gradients) {
        CommonChecks.positive("scale", scale);
        Arena arena = Arena.ofAuto();
        DataType type = gradients.computationType();
        long kept = compressor instanceof Compressor.TopK(long k) ? Math.min(k, elements) : 0;
        this.basin = basin;
        this.compressor = compressor;
        this.scale = scale;
        this.known = Tensor.allocate(arena, type, elements);
        this.difference = Tensor.allocate(arena, type, elements);
        this.indices = Tensor.allocate(arena, DataType.I32, kept);
        this.entries = Tensor.allocate(arena, type, kept);
        this.selection = new LargestSelection(kept == 0 ? 0 : elements);
        this.magnitudes = new LionK.Values(basin, new ConvexFunction.L1(), elements);
        this.mean = arena.allocate(Double.BYTES, 64);
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
        return switch (compressor) {
            case Compressor.TopK(long k) -> sparse(k);
            case Compressor.ScaledSign _ -> signs();
            case Compressor.Identity _ -> {
                requireNumbers(Accumulation.firstNaN(basin, difference) < 0);
                yield dense();
            }
        };
    }

    /** A NaN counts as the largest of all, so that one among the differences is one among the entries. */
    private ErrorFeedbackMessage sparse(long k) {
        selection.list(basin, difference, k, indices, entries);
        requireNumbers(Accumulation.firstNaN(basin, entries) < 0);
        basin.kernels().distributed().scatterAdd(known.type().code(), known.memory(), indices.memory(), entries.type().code(),
                entries.memory(), 0, known.size(), indices.size(), 1);
        return ErrorFeedbackMessage.of(known.size(), indices.memory().toArray(ValueLayout.JAVA_INT), entries);
    }

    private ErrorFeedbackMessage signs() {
        double magnitude = magnitudes.value(difference);
        requireNumbers(!Double.isNaN(magnitude));
        mean.set(ValueLayout.JAVA_DOUBLE, 0, known.size() == 0 ? 0 : magnitude / known.size());
        basin.kernels().distributed().scaledSign(difference.type().code(), difference.memory(), difference.type().code(),
                difference.memory(), mean, 0, known.size());
        return dense();
    }

    private ErrorFeedbackMessage dense() {
        Accumulation.add(basin, known, difference, 1);
        return ErrorFeedbackMessage.of(known.size(), new int[0], difference);
    }

    private void requireNumbers(boolean areNumbers) {
        if (!areNumbers) {
            throw new IllegalArgumentException(
                    "the difference to the gradient must have no NaN, got one at " + Accumulation.firstNaN(difference));
        }
    }
}
