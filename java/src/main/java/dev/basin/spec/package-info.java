/**
 * A specification a kernel: its names, shapes and parameters as the evaluation format speaks them, how public types compute
 * it, the cases that every backend must pass, and how far a result may be from the reference. Whatever lists kernels (the
 * command line, the tests, the README's table) reads {@link dev.basin.spec.Specs}.
 */
@NullMarked
package dev.basin.spec;

import org.jspecify.annotations.NullMarked;
