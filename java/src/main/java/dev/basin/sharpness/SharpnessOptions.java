package dev.basin.sharpness;

import dev.basin.dispatch.CommonChecks;
import dev.basin.optim.Perturbation;

/**
 * Hyper-parameters of {@link SharpnessAware}; immutable.
 *
 * @param mode what {@code T} is
 * @param rho how far the weights are moved, at least 0; 0.05 for SAM, 0.5 for ASAM and 2 for its form without eta by default
 * @param eta at least 0, 0.01 by default; for {@link Mode#ASAM} alone
 * @param recomputed whether the weights are worked out again instead of copied; right to the rounding of the perturbed weights,
 *     and twice that where {@code T} depends on the weights, which must have a {@code rho} of at most 1/4 then
 */
public record SharpnessOptions(Mode mode, double rho, double eta, boolean recomputed) {
    /** The equation for the weights has one solution below 1/2, and rounding grows by {@code 1 / (1 - 2 rho)}. */
    private static final double LARGEST_RECOMPUTED_RHO = 0.25;

    /** What {@code T} is. */
    public enum Mode {
        /** {@code T = 1}. */
        SAM,
        /** {@code T = |w|}: weights of 0 stay there. */
        ABS,
        /** {@code T = |w| + eta} where a parameter is scaled, else 1. */
        ASAM
    }

    public SharpnessOptions {
        CommonChecks.atLeastZero("rho", rho);
        CommonChecks.atLeastZero("eta", eta);
        if (recomputed && mode != Mode.SAM && rho > LARGEST_RECOMPUTED_RHO) {
            throw new IllegalArgumentException("rho must be at most " + LARGEST_RECOMPUTED_RHO + " for weights of mode "
                    + mode + " to be recomputed, got " + rho);
        }
    }

    public static SharpnessOptions sam() {
        return new SharpnessOptions(Mode.SAM, 0.05, 0.01, false);
    }

    public static SharpnessOptions asam() {
        return new SharpnessOptions(Mode.ASAM, 0.5, 0.01, false);
    }

    /** ASAM without eta. */
    public static SharpnessOptions abs() {
        return new SharpnessOptions(Mode.ABS, 2, 0.01, false);
    }

    public SharpnessOptions rho(double value) {
        return new SharpnessOptions(mode, value, eta, recomputed);
    }

    public SharpnessOptions eta(double value) {
        return new SharpnessOptions(mode, rho, value, recomputed);
    }

    public SharpnessOptions recomputed(boolean value) {
        return new SharpnessOptions(mode, rho, eta, value);
    }

    Perturbation.Scale scale(boolean isScaled) {
        return switch (mode) {
            case SAM -> new Perturbation.Scale(false, 0);
            case ABS -> new Perturbation.Scale(true, 0);
            case ASAM -> new Perturbation.Scale(isScaled, isScaled ? eta : 0);
        };
    }
}
