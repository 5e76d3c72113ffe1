/** The matrix product that composed kernels and examples need, behind one small interface. */
@NullMarked
package dev.basin.gemm;

import org.jspecify.annotations.NullMarked;
