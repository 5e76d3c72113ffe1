package dev.basin.spec;

/**
 * How far a result may be from the reference: {@code max|actual - expected| <= relative * max|expected| + floor} over each
 * output tensor, or where the result is a difference of larger terms {@code relative * size of the terms}. Infinities and NaN must
 * stand in the same places.
 *
 * @param relative norm-wise, in f32; results stored as bf16 or f16 may besides be one of its ulp away, unless the tolerance is exact
 * @param floor absolute, for results that saturate
 * @param reason why more than the usual 1e-5 is right, or why the usual is
 * @param terms what results may be differences of
 */
public record Tolerance(double relative, double floor, String reason, TermSize terms) {
    /** How large the terms are that an output of a case is the sum of; 0 where the output itself is the measure. */
    @FunctionalInterface
    public interface TermSize {
        double of(Case each, String output);
    }

    public Tolerance(double relative, double floor, String reason) {
        this(relative, floor, reason, (each, output) -> 0);
    }

    public static Tolerance usual() {
        return new Tolerance(1e-5, 1e-37, "f32 arithmetic on well-conditioned formulas; the floor is f32's smallest normal");
    }

    /** For results that follow from the inputs without arithmetic. */
    static Tolerance exact(String reason) {
        return new Tolerance(0, 0, reason);
    }

    boolean isExact() {
        return relative == 0 && floor == 0;
    }
}
