package dev.basin.sharpness;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.optim.Sgd;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The toy problem of the catalogue's page: three patches in R^50, of which one holds a weak feature always, one a strong feature in
 * nine of ten examples, and one noise; {@code f(x) = sum_j sum_p <w_j, x_p>^3} under the logistic loss.
 */
final class SimplicityBias {
    private static final int DIMENSION = 50;
    private static final int FILTERS = 10;
    private static final int EXAMPLES = 600;
    private static final double RATE = .1;

    private final double[] labels = new double[EXAMPLES];
    private final boolean[] hasFast = new boolean[EXAMPLES];
    private final double[][] noise = new double[EXAMPLES][DIMENSION];
    private final double[] weights = new double[FILTERS * DIMENSION];

    SimplicityBias(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < EXAMPLES; i++) {
            labels[i] = random.nextBoolean() ? 1 : -1;
            hasFast[i] = random.nextDouble() < .9;
            for (int k = 2; k < DIMENSION; k++) {
                noise[i][k] = random.nextGaussian() / Math.sqrt(DIMENSION);
            }
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] = .1 * random.nextGaussian();
        }
    }

    /** Trains, and gives how well the best filter fits the slow feature, over the fast one. */
    double train(Basin basin, double rho, int iterations) {
        int[] once = new int[EXAMPLES];
        Arrays.fill(once, 1);
        return train(basin, rho, iterations, once);
    }

    /** The same with examples that count as often as they are repeated. */
    double train(Basin basin, double rho, int iterations, int[] repeats) {
        Tensor tensor = Tensor.of(weights, FILTERS, DIMENSION);
        Sgd descent = Sgd.over(basin, List.of(tensor), Sgd.Options.defaults());
        SharpnessAware sam = SharpnessAware.over(basin, descent, SharpnessOptions.sam().rho(rho));
        for (int i = 0; i < iterations; i++) {
            if (rho == 0) {
                descent.step(List.of(gradient(repeats)), RATE);
                continue;
            }
            sam.perturb(List.of(gradient(repeats)));
            sam.step(List.of(gradient(repeats)), RATE);
        }
        return largest(0) / largest(1);
    }

    /** How often USEFUL repeats each example of a network trained so far, from its outputs {@code (-f/2, f/2)}. */
    int[] repeats(Basin basin) {
        double[] outputs = new double[2 * EXAMPLES];
        double[] losses = new double[EXAMPLES];
        int[] classes = new int[EXAMPLES];
        for (int i = 0; i < EXAMPLES; i++) {
            double output = output(i, new double[FILTERS]);
            outputs[2 * i] = -output / 2;
            outputs[2 * i + 1] = output / 2;
            losses[i] = Math.log1p(Math.exp(-labels[i] * output));
            classes[i] = labels[i] > 0 ? 1 : 0;
        }
        int[] repeats = new int[EXAMPLES];
        Useful.defaults().repeats(basin, Tensor.of(outputs, EXAMPLES, 2), Tensor.of(classes), Tensor.of(losses, EXAMPLES),
                Tensor.of(repeats), Tensor.of(new int[EXAMPLES]));
        return repeats;
    }

    /** How often each example would be repeated if all that lack the fast feature were repeated twice. */
    int[] repeatsOfTheSlow() {
        int[] repeats = new int[EXAMPLES];
        Arrays.setAll(repeats, i -> hasFast[i] ? 1 : 2);
        return repeats;
    }

    private double largest(int feature) {
        double largest = 0;
        for (int j = 0; j < FILTERS; j++) {
            largest = Math.max(largest, weights[j * DIMENSION + feature]);
        }
        return largest;
    }

    /** Also what each filter makes of the noise. */
    private double output(int i, double[] alongNoise) {
        double slow = .2 * labels[i];
        double fast = hasFast[i] ? labels[i] : 0;
        double output = 0;
        for (int j = 0; j < FILTERS; j++) {
            alongNoise[j] = dot(j, noise[i]);
            output += cube(slow * weights[j * DIMENSION]) + cube(fast * weights[j * DIMENSION + 1]) + cube(alongNoise[j]);
        }
        return output;
    }

    private Tensor gradient(int[] repeats) {
        double[] gradient = new double[weights.length];
        double[] alongNoise = new double[FILTERS];
        double total = Arrays.stream(repeats).sum();
        for (int i = 0; i < EXAMPLES; i++) {
            double slow = .2 * labels[i];
            double fast = hasFast[i] ? labels[i] : 0;
            double output = output(i, alongNoise);
            double slope = -3 * labels[i] / (1 + Math.exp(labels[i] * output)) * repeats[i] / total;
            for (int j = 0; j < FILTERS; j++) {
                int row = j * DIMENSION;
                gradient[row] += slope * slow * slow * slow * weights[row] * weights[row];
                gradient[row + 1] += slope * fast * fast * fast * weights[row + 1] * weights[row + 1];
                double factor = slope * alongNoise[j] * alongNoise[j];
                for (int k = 2; k < DIMENSION; k++) {
                    gradient[row + k] += factor * noise[i][k];
                }
            }
        }
        return Tensor.of(gradient, FILTERS, DIMENSION);
    }

    private double dot(int filter, double[] patch) {
        double sum = 0;
        for (int k = 2; k < DIMENSION; k++) {
            sum += weights[filter * DIMENSION + k] * patch[k];
        }
        return sum;
    }

    private static double cube(double x) {
        return x * x * x;
    }
}
