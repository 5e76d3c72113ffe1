package dev.basin.demo;

import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;

/** Adds up the time spent in Basin's losses and optimizers, calls included. */
final class KernelClock {
    private long nanos;

    double time(DoubleSupplier call) {
        long start = System.nanoTime();
        double result = call.getAsDouble();
        nanos += System.nanoTime() - start;
        return result;
    }

    boolean time(BooleanSupplier call) {
        long start = System.nanoTime();
        boolean result = call.getAsBoolean();
        nanos += System.nanoTime() - start;
        return result;
    }

    void time(Runnable call) {
        long start = System.nanoTime();
        call.run();
        nanos += System.nanoTime() - start;
    }

    /** What another clock has measured. */
    void add(long more) {
        nanos += more;
    }

    long nanos() {
        return nanos;
    }
}
