package dev.basin.spec;

/** Composes an evaluation from public types: reads the inputs it needs, makes the outputs, calls Basin. */
@FunctionalInterface
public interface Computation {
    void run(Evaluation evaluation);
}
