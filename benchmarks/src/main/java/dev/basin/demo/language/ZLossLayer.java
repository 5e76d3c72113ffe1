package dev.basin.demo.language;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.loss.FactoredOutputLayer;
import dev.basin.loss.SphericalLoss;

/** The Z-loss of all words, without a logit for each. */
final class ZLossLayer implements OutputLayer {
    private static final int STABILIZATION_PERIOD = 100;

    private final FactoredOutputLayer layer;

    ZLossLayer(Basin basin, Tensor weights, double sharpness, double location) {
        SphericalLoss loss = new SphericalLoss(SphericalLoss.Kind.Z).sharpness(sharpness).location(location);
        this.layer = FactoredOutputLayer.over(
                basin, weights, FactoredOutputLayer.Options.defaults().loss(loss).stabilizationPeriod(0));
    }

    @Override
    public double learn(Tensor hidden, Tensor targets, Tensor gradHidden, double learningRate) {
        return layer.update(hidden, targets, gradHidden, null, learningRate);
    }

    @Override
    public boolean stabilize(long steps) {
        if (steps % STABILIZATION_PERIOD != 0) {
            return false;
        }
        layer.stabilize();
        return true;
    }

    @Override
    public void predict(Tensor hidden, Tensor best) {
        layer.predict(hidden, best);
    }

    /** Scores between words that are no probabilities. */
    @Override
    public double meanSurprise(Tensor hidden, Tensor targets) {
        return Double.NaN;
    }

    /** V, then U, its inverse and Q, then two rows in double. */
    @Override
    public long keptBytes() {
        long width = layer.width();
        return (layer.classes() * width + 3 * width * width) * Float.BYTES + 2 * width * Double.BYTES;
    }
}
