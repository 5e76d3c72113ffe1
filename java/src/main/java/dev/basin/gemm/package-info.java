/**
 * The matrix product that composed kernels and examples need, behind one small interface: by OpenBLAS if the natives of
 * Bytedeco's preset ({@code org.bytedeco:openblas} with a platform's classifier) are on the class path or
 * {@code basin.openblas.path} names a library, else in Java. {@code basin.gemm} chooses.
 */
@NullMarked
package dev.basin.gemm;

import org.jspecify.annotations.NullMarked;
