package dev.basin.trajectory;

import dev.basin.DataType;
import dev.basin.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The logits that a {@link TrajectoryLoss} holds a batch to, read where they lie.
 *
 * @param logits {@code [examples, classes]} f32, bf16 or f16
 * @param indices {@code [rows]} i32: the example of each row of the batch; null where example i is row i
 * @param lag how many epochs ago they were computed; 0 for those of another model of today
 */
public record Past(Tensor logits, @Nullable Tensor indices, int lag) {
    public Past {
        if (lag < 0) {
            throw new IllegalArgumentException("lag must be at least 0, got " + lag);
        }
        if (indices != null && (indices.type() != DataType.I32 || !indices.isContiguous())) {
            throw new IllegalArgumentException("indices must hold i32 integers without gaps, got " + indices);
        }
    }

    /** Logits of the same batch, row for row, by another model: MESA's averaged one. */
    public static Past of(Tensor logits) {
        return new Past(logits, null, 0);
    }
}
