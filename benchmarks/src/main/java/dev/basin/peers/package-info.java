/** Other libraries at the same work, in the same process, on the same numbers; each has a module of its own, built by {@code -Ppeers} alone. */
@NullMarked
package dev.basin.peers;

import org.jspecify.annotations.NullMarked;
