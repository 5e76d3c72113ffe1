package dev.basin.demo.decoder;

import dev.basin.Tensor;
import dev.basin.norm.PreNormModel.Linear;
import org.jspecify.annotations.Nullable;

/** {@code y = x W' + b} and its gradients. */
final class LinearLayer {
    private final int inputs;
    private final int outputs;
    private final double[] weight;
    private final double @Nullable [] bias;
    private double[] x = {};
    private @Nullable Linear gradient;

    LinearLayer(Linear linear) {
        this.inputs = (int) linear.inputs();
        this.outputs = (int) linear.outputs();
        this.weight = Doubles.of(linear.weight());
        this.bias = linear.bias() == null ? null : Doubles.of(linear.bias());
    }

    double[] forward(double[] input) {
        x = input;
        double[] y = Doubles.timesTransposed(x, weight, inputs);
        for (int offset = 0; bias != null && offset < y.length; offset += outputs) {
            Doubles.addScaled(1, bias, 0, y, offset, outputs);
        }
        return y;
    }

    /** The gradient by x of the last {@link #forward} from that by y. */
    double[] backward(double[] gradY) {
        int rows = x.length / inputs;
        Tensor gradWeight = Tensor.of(Doubles.transposedTimes(gradY, x, rows), outputs, inputs);
        Tensor gradBias = bias == null ? null : Tensor.of(Doubles.sumOfRows(gradY, outputs), outputs);
        gradient = new Linear(gradWeight, gradBias);
        return Doubles.times(gradY, weight, inputs);
    }

    /** The gradients by weight and bias of the last {@link #backward}. */
    Linear gradient() {
        return java.util.Objects.requireNonNull(gradient);
    }
}
