package dev.basin.fallback;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;

/**
 * The perturbation of SAM and ASAM at one weight, in double: {@code e = ascent T^2 g} with {@code T = |w| + eta}, or 1 where it
 * is not adaptive.
 *
 * @param ascent 0 for no perturbation
 */
record Perturbation(double ascent, boolean adaptive, double eta) {
    private static final double TINY = 1e-12;

    static Perturbation of(
            double rho, MemorySegment norm, double scale, MemorySegment factor, int adaptive, double eta) {
        double length = Storage.load(DataType.F64.code(), norm, 0);
        double multiplier = scale * Storage.loadOr(1, DataType.F32.code(), factor, 0);
        boolean hasDirection = length > 0 && Double.isFinite(length);
        return new Perturbation(hasDirection ? rho * multiplier / (length + TINY) : 0, adaptive == 1, eta);
    }

    boolean isZero() {
        return ascent == 0;
    }

    double scale(double w) {
        return adaptive ? Math.abs(w) + eta : 1;
    }

    double perturbed(double w, double g) {
        double scale = scale(w);
        return w + ascent * g * scale * scale;
    }

    /** Solves {@code w + a (|w| + eta)^2 = perturbed} for {@code w}, with {@code a = ascent g}; see the native formula. */
    double undone(double perturbed, double g) {
        double a = ascent * g;
        if (!adaptive) {
            return perturbed - a;
        }
        double sign = perturbed < a * eta * eta ? -1 : 1;
        double side = sign * perturbed + eta;
        double scale = 2 * side / (1 + Math.sqrt(Math.max(1 + 4 * sign * a * side, 0)));
        return perturbed - a * scale * scale;
    }
}
