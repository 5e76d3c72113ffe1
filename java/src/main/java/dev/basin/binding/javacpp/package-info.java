/**
 * What JavaCPP makes of the headers: the build adds {@code BasinFunctions} here, with a static native method for each C
 * function, and {@code CudaFunctions} with those of the device's library, where there is one. Nothing else of Basin needs JavaCPP on the class path.
 */
@NullMarked
package dev.basin.binding.javacpp;

import org.jspecify.annotations.NullMarked;
