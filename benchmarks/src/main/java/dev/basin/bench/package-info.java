/** Times kernels beside what the memory allows: {@code basin bench}. */
@NullMarked
package dev.basin.bench;

import org.jspecify.annotations.NullMarked;
