/** Dense matrices, for public types that are compositions of matrix products; not exported. */
@NullMarked
package dev.basin.matrix;

import org.jspecify.annotations.NullMarked;
