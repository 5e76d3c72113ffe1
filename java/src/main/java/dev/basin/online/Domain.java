package dev.basin.online;

import dev.basin.Basin;
import dev.basin.Tensor;

/** A projection as it crosses the seam. */
record Domain(int code, double lowest, double highest, double radius) {
    static Domain of(Projection projection) {
        return switch (projection) {
            case Projection.Everything _ -> new Domain(0, 0, 0, 1);
            case Projection.Box box -> new Domain(1, box.lowest(), box.highest(), 1);
            case Projection.Ball ball -> new Domain(2, 0, 0, ball.radius());
            case Projection.Simplex _ -> new Domain(3, 0, 0, 1);
        };
    }

    boolean isBall() {
        return code == 2;
    }

    boolean isSimplex() {
        return code == 3;
    }

    /** Of points that are known to be finite. */
    void project(Basin basin, Tensor points, Tensor projected) {
        basin.kernels().online().projectRows(
                points.type().code(), points.memory(), points.rowStride(), projected.memory(), projected.rowStride(), 0, points.rows(),
                points.columns(), code, lowest, highest, radius);
    }
}
