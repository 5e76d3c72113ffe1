/**
 * A small language model of words on the King James Bible, with one of three output layers that cope with many words: the factored
 * Z-loss, cross-entropy without logits, and a softmax of two levels.
 */
@NullMarked
package dev.basin.demo.language;

import org.jspecify.annotations.NullMarked;
