package dev.basin.sharpness;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * K-means by Lloyd's iterations from given centres: every point to its nearest centre, every centre to the mean of its points.
 *
 * <p>Nearest is by squared Euclidean distance, the lowest index among equals. A centre without points keeps its place. It ends when no
 * centre has moved, or after so many updates; the assignment that is returned is one to the centres that are returned.
 *
 * <p>Distances, sums and centres are in f64, in an order that the shapes alone decide, and so every backend gives the same assignment
 * and the same centres on the same points. For f32 and bf16 points without gaps in the host's memory the nearest centre is found as
 * the least of {@code |c|^2 - 2 x.c} by matrix products of blocks of points; only what their rounding leaves open, which is bounded
 * from the points' and centres' magnitudes, is measured in f64. Products of all points with all centres are never there at once.
 *
 * <p><b>Shapes.</b> x {@code [points, width]}, f32 or bf16 (f64 on the Java backends), finite; centres {@code [clusters, width]}, f32 or
 * f64, from which it starts and which it leaves there: in f64 they are those of the assignment to the bit, in f32 rounded.
 * Assignments {@code [points]} i32. No more clusters than points. On the {@code cuda} backend x may be in the device's memory.
 *
 * <p><b>Errors.</b> {@link IllegalArgumentException} naming the argument, what it got and what it needs; outputs are untouched.
 *
 * @param iterations how often the centres are updated at most, at least 1; 100 by default
 */
public record KMeans(int iterations) {
    private static final int DEFAULT_ITERATIONS = 100;

    public KMeans {
        if (iterations < 1) {
            throw new IllegalArgumentException("iterations must be at least 1, got " + iterations);
        }
    }

    public static KMeans defaults() {
        return new KMeans(DEFAULT_ITERATIONS);
    }

    public KMeans iterations(int most) {
        return new KMeans(most);
    }

    /**
     * How it went.
     *
     * @param inertia the sum of the squared distances of the points to their centres
     * @param updates how often the centres were updated
     * @param isConverged whether the last update moved none
     */
    public record Result(double inertia, int updates, boolean isConverged) {}

    /**
     * Moves the centres.
     *
     * @param centres where they are, and are left
     * @param assignments written
     */
    public Result cluster(Basin basin, Tensor x, Tensor centres, Tensor assignments) {
        check(basin, x, centres, assignments);
        CommonChecks.requireWritable("centres", centres, List.of(x, assignments));
        if (centres.rows() > x.rows()) {
            throw new IllegalArgumentException(
                    "centres must be at most as many as the " + x.rows() + " points of x, got " + centres.rows());
        }
        try (Lloyd lloyd = new Lloyd(basin, x, centres)) {
            boolean isConverged = false;
            int updates = 0;
            for (; updates < iterations && !isConverged; updates++) {
                lloyd.assign(updates == 0);
                if (updates == 0) {
                    lloyd.requireFinite();
                }
                isConverged = !lloyd.update();
            }
            lloyd.assign(true);
            lloyd.writeCentres(centres);
            lloyd.writeAssignments(assignments);
            return new Result(lloyd.inertia(), updates, isConverged);
        }
    }

    /**
     * Finds the nearest of centres that stay, of which there may be more than points, and gives the inertia.
     *
     * @param assignments written
     * @param distances {@code [points]} f32 or f64, the squared distances, written; or null
     */
    public static double assign(Basin basin, Tensor x, Tensor centres, Tensor assignments, @Nullable Tensor distances) {
        check(basin, x, centres, assignments);
        if (distances != null) {
            Checks.requireVector("distances", distances, x.rows(), false);
            CommonChecks.requireWritable("distances", distances, List.of(x, centres, assignments));
        }
        try (Lloyd lloyd = new Lloyd(basin, x, centres)) {
            lloyd.assign(true);
            lloyd.requireFinite();
            lloyd.writeAssignments(assignments);
            if (distances != null) {
                lloyd.writeDistances(distances);
            }
            return lloyd.inertia();
        }
    }

    private static void check(Basin basin, Tensor x, Tensor centres, Tensor assignments) {
        Checks.requireMatrix("x", x);
        Checks.requireMatrix("centres", centres);
        Checks.requireVector("assignments", assignments, x.rows(), true);
        CommonChecks.requireWritable("assignments", assignments, List.of(x, centres));
        if (centres.rows() < 1 || centres.columns() != x.columns()) {
            throw new IllegalArgumentException(
                    "centres must be at least one, of the " + x.columns() + " columns of x, got " + centres);
        }
        if (centres.type() != DataType.F32 && centres.type() != DataType.F64) {
            throw new IllegalArgumentException("centres must be f32 or f64, got " + centres);
        }
        for (long i = 0; i < centres.size(); i++) {
            if (!Double.isFinite(centres.get(i))) {
                throw new IllegalArgumentException("centres must be finite, got " + centres.get(i) + " at index " + i);
            }
        }
    }
}
