/** Layers and classifiers whose heart is a matrix product. */
@NullMarked
package dev.basin.layer;

import org.jspecify.annotations.NullMarked;
