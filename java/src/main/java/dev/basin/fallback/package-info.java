/**
 * The seam in Java: the reference, which computes in double on any storage type and is what every other backend is held
 * against, and a faster version in float for those who run without native code.
 */
@NullMarked
package dev.basin.fallback;

import org.jspecify.annotations.NullMarked;
