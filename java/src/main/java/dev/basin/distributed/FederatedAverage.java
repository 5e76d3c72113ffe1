package dev.basin.distributed;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * The server's part of federated learning: weights move along the weighted mean of what clients made of them.
 *
 * <pre>{@code
 * W = W + learningRate sum over clients of (weight / total weight) (W_client - W)
 * }</pre>
 *
 * Clients are taken in one at a time, in their order, and need not be kept: 12 bytes of traffic a weight and client in f32. f32 or bf16
 * weights, sums in f32 (f64 on the reference). A client that has a NaN is refused.
 */
public final class FederatedAverage {
    private final Basin basin;
    private final List<Tensor> weights;
    private final List<Tensor> totals;
    private double totalWeight;

    /** @param weights the server's, contiguous; they move at {@link #apply} alone */
    public FederatedAverage(Basin basin, List<Tensor> weights) {
        Arena arena = Arena.ofAuto();
        this.basin = basin;
        this.weights = List.copyOf(weights);
        this.totals = this.weights.stream().map(tensor -> Tensor.allocate(
                arena, tensor.type().computationType(), tensor.shape())).toList();
    }

    /**
     * Takes a client in.
     *
     * @param client its weights, shaped like the server's
     * @param weight at least 0: the number of its samples, or 1; with 0 it changes nothing
     * @throws IllegalArgumentException if it does not fit or has a NaN; it is not taken in then
     */
    public void add(List<Tensor> client, double weight) {
        CommonChecks.atLeastZero("weight", weight);
        if (client.size() != weights.size()) {
            throw new IllegalArgumentException("client must have " + weights.size() + " tensors, got " + client.size());
        }
        for (int i = 0; i < client.size(); i++) {
            requireFit(i, client.get(i));
        }
        if (weight == 0) {
            return;
        }
        for (int i = 0; i < client.size(); i++) {
            Accumulation.addDifference(basin, totals.get(i), client.get(i), weights.get(i), weight);
        }
        totalWeight += weight;
    }

    private void requireFit(int number, Tensor tensor) {
        if (!tensor.hasShapeOf(weights.get(number)) || !tensor.isContiguous()) {
            throw new IllegalArgumentException("tensor " + number + " of a client must have the shape of " + weights.get(number)
                    + " without gaps, got " + tensor);
        }
        long notANumber = Accumulation.firstNaN(basin, tensor);
        if (notANumber >= 0) {
            throw new IllegalArgumentException("a client must have no NaN, got one in tensor " + number + " at " + notANumber);
        }
    }

    /**
     * Moves the weights, and begins anew.
     *
     * @throws IllegalStateException if no client with a weight was taken in
     */
    public void apply(double learningRate) {
        CommonChecks.atLeastZero("learningRate", learningRate);
        if (totalWeight == 0) {
            throw new IllegalStateException("a client with a weight above 0 must be added before its average is applied");
        }
        for (int i = 0; i < weights.size(); i++) {
            Accumulation.add(basin, weights.get(i), totals.get(i), learningRate / totalWeight);
            totals.get(i).memory().fill((byte) 0);
        }
        totalWeight = 0;
    }
}
