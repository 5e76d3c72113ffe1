package dev.basin.spec;

import java.util.List;

/**
 * How a backend fared on the cases of a spec.
 *
 * @param maxError the largest norm-wise error met in f32
 * @param tolerance the largest allowed
 * @param failures a sentence for each case that failed, beginning with the case's id
 */
public record VerificationResult(
        String backend, String kernel, boolean ok, int cases, double maxError, double tolerance, List<String> failures) {}
