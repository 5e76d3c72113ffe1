package dev.basin.norm;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What compositions check of their tensors, which a seam kernel would have checked for it; absent ones pass. */
final class Operands {
    private Operands() {}

    /** Refuses integers, and memory that this thread cannot read. */
    static void requireReal(String name, @Nullable Tensor tensor) {
        if (tensor == null) {
            return;
        }
        if (tensor.type() == DataType.I32) {
            throw new IllegalArgumentException(name + " must hold real numbers, got " + tensor);
        }
        CommonChecks.requireReadable(name, tensor);
    }

    /** f64 is computed in double and everything else in f32: the two do not mix. */
    static void requireOneArithmetic(List<Tensor> read, List<Tensor> written) {
        List<DataType> types = Stream.concat(read.stream(), written.stream()).map(Tensor::type).distinct().toList();
        if (types.contains(DataType.F64) && types.size() > 1) {
            throw new IllegalArgumentException("tensors must all be f64 or none of them, got " + types);
        }
    }
}
