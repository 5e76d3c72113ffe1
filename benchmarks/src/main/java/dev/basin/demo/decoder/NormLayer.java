package dev.basin.demo.decoder;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.norm.NormGradients;
import dev.basin.norm.NormKind;
import dev.basin.norm.NormParameters;
import dev.basin.norm.NormStatistics;
import dev.basin.norm.RowNorm;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** A norm of the library over doubles, and its gradients; the Basin must be one on the {@code reference} backend. */
final class NormLayer {
    private final Basin basin;
    private final RowNorm<?> norm;
    private final NormParameters parameters;
    private final int width;
    private @Nullable Tensor x;
    private NormStatistics statistics = NormStatistics.NONE;
    private NormParameters gradient = NormParameters.NONE;

    NormLayer(Basin basin, NormKind kind, NormParameters parameters, long width) {
        this.basin = basin;
        this.norm = kind.norm();
        this.parameters = parameters;
        this.width = (int) width;
    }

    double[] forward(double[] input) {
        x = matrix(input);
        statistics = norm.allocateStatistics(Arena.ofAuto(), x);
        double[] y = new double[input.length];
        norm.forward(basin, x, parameters, matrix(y), statistics);
        return y;
    }

    /** The gradient by x of the last {@link #forward} from that by y. */
    double[] backward(double[] gradY) {
        Tensor input = java.util.Objects.requireNonNull(x);
        gradient = new NormParameters(vectorLike(parameters.gamma()), vectorLike(parameters.beta()));
        double[] gradX = new double[gradY.length];
        norm.backward(basin, matrix(gradY), input, parameters, statistics, matrix(gradX),
                new NormGradients(gradient.gamma(), gradient.beta()));
        return gradX;
    }

    /** The gradients by gamma and beta of the last {@link #backward}, where there are any. */
    NormParameters gradient() {
        return gradient;
    }

    private Tensor matrix(double[] values) {
        return Tensor.of(values, values.length / width, width);
    }

    private @Nullable Tensor vectorLike(@Nullable Tensor parameter) {
        return parameter == null ? null : Tensor.of(new double[width], width);
    }
}
