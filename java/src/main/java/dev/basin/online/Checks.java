package dev.basin.online;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.optim.GlobalNormClip;
import dev.basin.optim.Gradients;
import java.util.List;
import java.util.function.DoublePredicate;

/** What online learners check before they cross the seam, which checks the rest. */
final class Checks {
    private Checks() {}

    static void requireShape(String name, Tensor tensor, String likeName, Tensor like) {
        if (!tensor.hasShapeOf(like) || tensor.type() != like.type()) {
            throw new IllegalArgumentException(name + " must be " + like + " like " + likeName + ", got " + tensor);
        }
    }

    static void requireContiguous(String name, Tensor tensor) {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException(name + " must have no gaps between rows, got " + tensor);
        }
    }

    static void requireMatrix(String name, Tensor tensor, long rows, long columns) {
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw new IllegalArgumentException(name + " must be " + rows + " rows of " + columns + ", got " + tensor);
        }
    }

    static void requireVector(String name, Tensor tensor, long size) {
        if (tensor.size() != size) {
            throw new IllegalArgumentException(name + " must have " + size + " elements, got " + tensor);
        }
        requireContiguous(name, tensor);
    }

    static void requireFinite(Basin basin, String name, Tensor tensor) {
        if (!isFinite(basin, tensor)) {
            requireEach(name, tensor, "finite", Double::isFinite);
        }
    }

    /** Whether the norm is, whose squares no f32 overflows: a pass at the speed of memory. False may be an overflow of f64. */
    static boolean isFinite(Basin basin, Tensor tensor) {
        return tensor.isContiguous() && Double.isFinite(GlobalNormClip.norm(basin, Gradients.of(List.of(tensor))));
    }

    static void requireEach(String name, Tensor tensor, String what, DoublePredicate allowed) {
        for (long i = 0; i < tensor.size(); i++) {
            if (!allowed.test(tensor.get(i))) {
                throw new IllegalArgumentException(name + " must be " + what + ", got " + tensor.get(i) + " at index " + i);
            }
        }
    }
}
