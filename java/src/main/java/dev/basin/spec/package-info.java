/**
 * A specification a kernel: its names, shapes and parameters as the evaluation format speaks them, how public types compute
 * it, the cases that every backend must pass, and how far a result may be from the reference. Whatever lists kernels (the
 * command line, the tests, the README's table) reads {@link dev.basin.spec.Specs}.
 *
 * <pre>{@code
 * try (Basin basin = Basin.open(); Basin reference = Basin.open(Basin.Options.defaults().backend("reference"))) {
 *     Spec spec = Specs.named("cross_entropy").orElseThrow();
 *     VerificationResult result = Verification.of(spec, basin, reference, 1).run();
 *     System.out.println(result.ok() ? "agrees" : result.failures());
 * }
 * }</pre>
 */
@NullMarked
package dev.basin.spec;

import org.jspecify.annotations.NullMarked;
