package dev.basin.demo.language;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.layer.HierarchicalSoftmax;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** A softmax over groups of words that are about as frequent, and one over the words of a group. */
final class HierarchicalLayer implements OutputLayer {
    private final Basin basin;
    private final HierarchicalSoftmax softmax;
    private final HierarchicalSoftmax.Parameters parameters;
    private final Tensor losses;

    HierarchicalLayer(Basin basin, int words, int width, int largestBatch, SplittableRandom random) {
        this.basin = basin;
        this.softmax = new HierarchicalSoftmax(words);
        int groups = softmax.groups();
        int members = softmax.members();
        this.parameters = new HierarchicalSoftmax.Parameters(
                Weights.random(random, groups, width), Weights.zeros(groups),
                Weights.random(random, groups, members, width), Weights.zeros(groups, members));
        this.losses = Weights.zeros(largestBatch);
    }

    @Override
    public double learn(Tensor hidden, Tensor targets, Tensor gradHidden, double learningRate) {
        long rows = hidden.rows();
        Tensor each = first(rows);
        softmax.update(basin, hidden, parameters, targets, each, gradHidden, learningRate / rows);
        for (long i = 0; i < gradHidden.size(); i++) { // of the mean, not the sum
            float sum = gradHidden.memory().getAtIndex(ValueLayout.JAVA_FLOAT, i);
            gradHidden.memory().setAtIndex(ValueLayout.JAVA_FLOAT, i, sum / rows);
        }
        return mean(each);
    }

    @Override
    public void predict(Tensor hidden, Tensor best) {
        softmax.predict(basin, hidden, parameters, best);
    }

    @Override
    public double meanSurprise(Tensor hidden, Tensor targets) {
        Tensor each = first(hidden.rows());
        softmax.forward(basin, hidden, parameters, targets, each);
        return mean(each);
    }

    private Tensor first(long rows) {
        return rows == losses.size() ? losses : Tensor.of(losses.memory(), losses.type(), rows);
    }

    private static double mean(Tensor losses) {
        double sum = 0;
        for (long i = 0; i < losses.size(); i++) {
            sum += losses.get(i);
        }
        return sum / losses.size();
    }

    @Override
    public long keptBytes() {
        return Weights.bytes(parameters.w1(), parameters.b1(), parameters.w2(), parameters.b2());
    }
}
