package dev.basin.distributed;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The server of EF21 and EF21-W (Richtarik et al., arXiv 2402.10774; see {@link ErrorFeedbackWorker}).
 *
 * <pre>{@code
 * x = x - gamma G;  then for each worker in its turn G = G + w u      w = 1/n, or L_i / sum L_j
 * }</pre>
 *
 * G is always the weighted sum of what the workers have made known, but for rounding, which {@link #resync} takes back. f32 (f64 on the
 * reference). Calls of one server must not overlap in time.
 */
public final class ErrorFeedbackServer {
    private final Basin basin;
    private final Tensor total;

    /** A server of models in f32 or bf16 that knows nothing yet. */
    public ErrorFeedbackServer(Basin basin, long elements) {
        this(basin, elements, DataType.F32);
    }

    /** @param parameters the type of the models that are moved: what is known is f64 for f64, and f32 for all else */
    public ErrorFeedbackServer(Basin basin, long elements, DataType parameters) {
        this.basin = basin;
        this.total = Tensor.allocate(Arena.ofAuto(), parameters.computationType(), elements);
    }

    /** G: memory of the server's own, to read, save or begin with. */
    public Tensor total() {
        return total;
    }

    /** Takes a worker's message in; workers in the same order every round make the same bits. */
    public void add(ErrorFeedbackMessage message, double weight) {
        if (message.elements() != total.size()) {
            throw new IllegalArgumentException("message must be of " + total.size() + " elements, got one of " + message.elements());
        }
        requireWeight(weight);
        Tensor entries = message.values();
        if (message.isSparse()) {
            requireAscending(message.indices(), total.size());
            basin.kernels().distributed().scatterAdd(total.type().code(), total.memory(), MemorySegment.ofArray(message.indices()),
                    entries.type().code(), entries.memory(), 0, total.size(), entries.size(), weight);
        } else {
            Accumulation.add(basin, total, entries, weight);
        }
    }

    private static void requireAscending(int[] indices, long elements) {
        if (indices[0] < 0 || indices[indices.length - 1] >= elements) {
            throw new IllegalArgumentException("indices of a message must be from 0 to " + (elements - 1) + ", got " + indices[0] + " to "
                    + indices[indices.length - 1]);
        }
        for (int i = 1; i < indices.length; i++) {
            if (indices[i] <= indices[i - 1]) {
                throw new IllegalArgumentException("indices of a message must ascend, got " + indices[i] + " after " + indices[i - 1]);
            }
        }
    }

    /** Moves a model: {@code x = x - gamma G}. */
    public void move(Tensor x, double gamma) {
        CommonChecks.atLeastZero("gamma", gamma);
        if (x.size() != total.size() || !x.isContiguous()) {
            throw new IllegalArgumentException("x must have " + total.size() + " elements without gaps, got " + x);
        }
        Accumulation.add(basin, x, total, -gamma);
    }

    /** Makes G anew from what the workers have made known. */
    public void resync(List<ErrorFeedbackWorker> workers, double[] weights) {
        if (workers.size() != weights.length) {
            throw new IllegalArgumentException("weights must be one for each of " + workers.size() + " workers, got " + weights.length);
        }
        double sum = 0;
        for (double weight : weights) {
            requireWeight(weight);
            sum += weight;
        }
        if (!(Math.abs(sum - 1) <= 1e-6)) {
            throw new IllegalArgumentException("weights must add up to 1, got " + sum);
        }
        total.memory().fill((byte) 0);
        for (int i = 0; i < weights.length; i++) {
            Accumulation.add(basin, total, workers.get(i).known(), weights[i]);
        }
    }

    private static void requireWeight(double weight) {
        if (!(weight > 0) || weight > 1) {
            throw new IllegalArgumentException("weight must be above 0 and at most 1, got " + weight);
        }
    }
}
