/** Benchmarks of the seam itself: what a call costs, and what opening the library costs. */
@NullMarked
package dev.basin.jmh;

import org.jspecify.annotations.NullMarked;
