package dev.basin.online;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;

/** A convex domain and the nearest point of it to another, in the Euclidean norm. */
public sealed interface Projection {
    /** Everything. */
    record Everything() implements Projection {}

    /** Every coordinate between two numbers. */
    record Box(double lowest, double highest) implements Projection {
        public Box {
            if (!(lowest <= highest) || Double.isInfinite(lowest) || Double.isInfinite(highest)) {
                throw new IllegalArgumentException("lowest must be at most highest, and both finite, got " + lowest + " and " + highest);
            }
        }
    }

    /** The ball around 0. */
    record Ball(double radius) implements Projection {
        public Ball {
            CommonChecks.positive("radius", radius);
        }
    }

    /** Coordinates that are not negative and sum to 1; the threshold by Newton's method from below (Michelot 1986). */
    record Simplex() implements Projection {}

    /**
     * Projects each row, {@code [rows, width]} of f32 (f64 on the Java backends), finite.
     *
     * @param projected may be the points
     */
    default void project(Basin basin, Tensor points, Tensor projected) {
        Checks.requireShape("projected", projected, "points", points);
        Checks.requireFinite(basin, "points", points);
        Domain.of(this).project(basin, points, projected);
    }
}
