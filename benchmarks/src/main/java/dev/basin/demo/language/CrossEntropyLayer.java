package dev.basin.demo.language;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.LinearCrossEntropy;
import dev.basin.optim.Sgd;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Cross-entropy of all words, a block of logits at a time. */
final class CrossEntropyLayer implements OutputLayer {
    private final Basin basin;
    private final Tensor weights;
    private final Tensor weightGradients;
    private final List<Tensor> gradients;
    private final LinearCrossEntropy loss = new LinearCrossEntropy(new CrossEntropy());
    private final Sgd optimizer;

    CrossEntropyLayer(Basin basin, Tensor weights) {
        this.basin = basin;
        this.weights = weights;
        this.weightGradients = Weights.zeros(weights.shape());
        this.gradients = List.of(weightGradients);
        this.optimizer = Sgd.over(basin, List.of(weights), Sgd.Options.defaults());
    }

    @Override
    public double learn(Tensor hidden, Tensor targets, Tensor gradHidden, double learningRate) {
        double mean = loss.forwardBackward(basin, hidden, weights, null, targets,
                new LinearCrossEntropy.Gradients(gradHidden, weightGradients, null, false));
        optimizer.step(gradients, learningRate);
        return mean;
    }

    @Override
    public void predict(Tensor hidden, Tensor best) {
        int rows = Math.toIntExact(hidden.rows());
        int words = Math.toIntExact(weights.rows());
        float[] logits = new float[Math.multiplyExact(rows, words)];
        basin.gemm().multiply(false, true, rows, words, Math.toIntExact(weights.columns()), 1,
                hidden.memory().toArray(ValueLayout.JAVA_FLOAT), weights.memory().toArray(ValueLayout.JAVA_FLOAT), 0, logits);
        int[] chosen = new int[Math.toIntExact(best.columns())];
        for (int row = 0; row < rows; row++) {
            chooseLargest(logits, row * words, words, chosen);
            for (int i = 0; i < chosen.length; i++) {
                best.set((long) row * chosen.length + i, chosen[i]);
            }
        }
    }

    /** The largest first, the lowest word among equals. */
    private static void chooseLargest(float[] logits, int first, int words, int[] chosen) {
        int filled = 0;
        for (int word = 0; word < words; word++) {
            float value = logits[first + word];
            if (filled == chosen.length && !(value > logits[first + chosen[filled - 1]])) {
                continue;
            }
            int at = Math.min(filled, chosen.length - 1);
            filled = Math.min(filled + 1, chosen.length);
            for (; at > 0 && logits[first + chosen[at - 1]] < value; at--) {
                chosen[at] = chosen[at - 1];
            }
            chosen[at] = word;
        }
    }

    @Override
    public double meanSurprise(Tensor hidden, Tensor targets) {
        return loss.forwardBackward(basin, hidden, weights, null, targets,
                new LinearCrossEntropy.Gradients(null, null, null, false));
    }

    @Override
    public long keptBytes() {
        return Weights.bytes(weights, weightGradients);
    }
}
