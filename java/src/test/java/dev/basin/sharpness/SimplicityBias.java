package dev.basin.sharpness;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.optim.Sgd;
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
        Tensor tensor = Tensor.of(weights, FILTERS, DIMENSION);
        Sgd descent = Sgd.over(basin, List.of(tensor), Sgd.Options.defaults());
        SharpnessAware sam = SharpnessAware.over(basin, descent, SharpnessOptions.sam().rho(rho));
        for (int i = 0; i < iterations; i++) {
            sam.perturb(List.of(gradient()));
            sam.step(List.of(gradient()), RATE);
        }
        return largest(0) / largest(1);
    }

    private double largest(int feature) {
        double largest = 0;
        for (int j = 0; j < FILTERS; j++) {
            largest = Math.max(largest, weights[j * DIMENSION + feature]);
        }
        return largest;
    }

    private Tensor gradient() {
        double[] gradient = new double[weights.length];
        double[] alongNoise = new double[FILTERS];
        for (int i = 0; i < EXAMPLES; i++) {
            double slow = .2 * labels[i];
            double fast = hasFast[i] ? labels[i] : 0;
            double output = 0;
            for (int j = 0; j < FILTERS; j++) {
                alongNoise[j] = dot(j, noise[i]);
                output += cube(slow * weights[j * DIMENSION]) + cube(fast * weights[j * DIMENSION + 1]) + cube(alongNoise[j]);
            }
            double slope = -3 * labels[i] / (1 + Math.exp(labels[i] * output)) / EXAMPLES;
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
