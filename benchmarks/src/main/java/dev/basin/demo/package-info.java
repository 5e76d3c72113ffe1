/** Trains a small network on handwritten digits through the library's losses and optimizers. */
@NullMarked
package dev.basin.demo;

import org.jspecify.annotations.NullMarked;
