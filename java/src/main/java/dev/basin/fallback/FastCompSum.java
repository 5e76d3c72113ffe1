package dev.basin.fallback;

import java.lang.foreign.MemorySegment;

/** Comp-sum losses of one row after the other in float; the powers in double and in the log domain. */
record FastCompSum(double tau) implements FastRowLoss {
    @Override
    public double run(FastSoftmaxRow row, long offset, long gradientOffset, int target, double factor) {
        row.measure(offset, gradientOffset, target);
        double rise = 1 - tau;
        double exponent = rise == 0 ? 0 : rise * row.surprisal();
        double weight = Math.exp(exponent);
        row.writeGradient(gradientOffset, target, factor * weight, 0, MemorySegment.NULL,
                -factor * (row.complement() * weight));
        return rise == 0 ? row.surprisal() : Math.expm1(exponent) / rise;
    }
}
