package dev.basin.loss;

import dev.basin.gemm.Gemm;
import dev.basin.matrix.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * Factors {@code I + b u u'}, gathered to be multiplied with at once: their product is {@code I + sum_i x_i u_i'}, where each has
 * {@code x = b (u + sum_i x_i (u_i' u))} of those before it.
 */
final class Moves {
    private final int width;
    private final List<double[]> lefts = new ArrayList<>();
    private final List<double[]> directions = new ArrayList<>();

    Moves(int width) {
        this.width = width;
    }

    int count() {
        return directions.size();
    }

    void add(double[] direction, double factor) {
        double[] left = direction.clone();
        for (int i = 0; i < directions.size(); i++) {
            double along = 0;
            for (int j = 0; j < width; j++) {
                along += directions.get(i)[j] * direction[j];
            }
            for (int j = 0; j < width; j++) {
                left[j] += along * lefts.get(i)[j];
            }
        }
        for (int j = 0; j < width; j++) {
            left[j] *= factor;
        }
        lefts.add(left);
        directions.add(direction);
    }

    /** One pass over a matrix, from the right. */
    void applyTo(Matrix matrix, Gemm gemm) {
        if (directions.isEmpty()) {
            return;
        }
        Matrix left = Matrix.zeros(matrix.type(), width, count());
        Matrix right = Matrix.zeros(matrix.type(), count(), width);
        for (int i = 0; i < count(); i++) {
            for (int j = 0; j < width; j++) {
                left.set(j, i, lefts.get(i)[j]);
                right.set(i, j, directions.get(i)[j]);
            }
        }
        matrix.addProduct(gemm, left, right);
    }
}
