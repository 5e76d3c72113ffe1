package dev.basin.fallback;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;

/** The focal loss of one row after the other in float; the powers in double. */
record FastFocalCrossEntropy(MemorySegment classWeights, double gamma) implements FastRowLoss {
    @Override
    public double run(FastSoftmaxRow row, long offset, long gradientOffset, int target, double factor) {
        row.measure(offset, gradientOffset, target);
        double alpha = Storage.loadOr(1, DataType.F32.code(), classWeights, target);
        double focus = alpha * Math.pow(row.complement(), gamma);
        double ratio = row.complement() == 0 ? 1 : row.surprisal() / row.complement();
        double slope = row.probability() == 0 ? 0 : gamma * row.probability() * ratio;
        double coefficient = factor * focus * (1 + slope);
        row.writeGradient(gradientOffset, target, coefficient, 0, MemorySegment.NULL, -coefficient * row.complement());
        return focus == 0 ? 0 : focus * row.surprisal();
    }
}
