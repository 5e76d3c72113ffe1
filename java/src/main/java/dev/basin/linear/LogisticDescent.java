package dev.basin.linear;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.kernel.LinearKernels;
import org.jspecify.annotations.Nullable;

/**
 * Gradient descent on the logistic loss of all examples, with steps as large as one likes, and its normalised form (Tyurin, From Logistic
 * Regression to the Perceptron Algorithm: Exploring Gradient Descent with Large Step Sizes, 2024, arXiv 2412.08424).
 *
 * <pre>{@code
 * m_i = y_i <a_i, theta>;  s_i = 1 / (1 + e^m_i);  f = mean log(1 + e^-m_i);  f' = -mean s_i y_i a_i
 * plain:       theta = theta - gamma f'
 * normalised:  theta = theta - gamma beta f',  beta = 1 / mean s_i
 * }</pre>
 *
 * The normalised step is one of length {@code gamma} along the mean of {@code y a} under weights that are a softmax of {@code log s}, and is
 * computed so: it does not vanish where all margins are large.
 *
 * <p>Features {@code [rows, columns]} f32 or bf16, any stride, read once a step; theta {@code [columns]} f32 (both f64 on the reference);
 * labels {@code [rows]} of any type, -1 or 1. Margins and sums are f64, and in an order that the shapes alone decide. A NaN among the features
 * makes the loss and theta NaN. Bytes of traffic: those of the features. Errors are {@link IllegalArgumentException}; theta is as it was then.
 */
public final class LogisticDescent {
    private final double gamma;
    private final boolean isNormalized;

    private LogisticDescent(double gamma, boolean isNormalized) {
        this.gamma = CommonChecks.positive("gamma", gamma);
        this.isNormalized = isNormalized;
    }

    /** @param gamma the step size, finite and above 0; the paper's theory allows any */
    public static LogisticDescent plain(double gamma) {
        return new LogisticDescent(gamma, false);
    }

    /** @param gamma the length of a step in terms of features, finite and above 0 */
    public static LogisticDescent normalized(double gamma) {
        return new LogisticDescent(gamma, true);
    }

    /**
     * What there was to see at theta before the step.
     *
     * @param loss the mean
     * @param correct how many margins are above 0
     * @param logBeta the logarithm of {@code 1 / mean s_i}
     */
    public record Result(double loss, long correct, double logBeta) {}

    /** @param gradient {@code f'}, like theta, or null */
    public Result step(Basin basin, Tensor features, Tensor labels, Tensor theta, @Nullable Tensor gradient) {
        if (gradient != null && (gradient.size() != theta.size() || gradient.memory().isReadOnly())) {
            throw new IllegalArgumentException("gradient must have a number for each of theta and be writable, got " + gradient);
        }
        LinearPass pass = LinearPass.over(basin, features, labels, theta, LinearKernels.LOGISTIC);
        double rows = features.rows();
        double scale = Math.exp(pass.largest()) / rows;
        if (gradient != null) {
            for (int i = 0; i < pass.direction().length; i++) {
                gradient.set(i, -scale * pass.direction()[i]);
            }
        }
        pass.move(theta, isNormalized ? gamma / pass.weights() : gamma * scale);
        return new Result(pass.loss() / rows, pass.correct(), Math.log(rows) - pass.largest() - Math.log(pass.weights()));
    }
}
