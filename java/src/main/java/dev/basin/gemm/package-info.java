/**
 * The matrix product that composed kernels and examples need, behind one small interface: by OpenBLAS if the natives of
 * Bytedeco's preset ({@code org.bytedeco:openblas} with a platform's classifier) are on the class path or
 * {@code basin.openblas.path} names a library, else in Java. {@code basin.gemm} chooses.
 *
 * <pre>{@code
 * try (Basin basin = Basin.open()) {
 *     basin.gemm().multiply(false, true, rows, outputs, inputs, 1, x, weight, 0, y);    // y = x weight^T
 * }
 * }</pre>
 */
@NullMarked
package dev.basin.gemm;

import org.jspecify.annotations.NullMarked;
