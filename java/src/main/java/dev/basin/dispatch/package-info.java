/**
 * Between the public types and a backend: arguments are checked against the kernel's declaration, the range is cut into
 * pieces for the team of threads, and memory that a backend cannot take is copied by blocks.
 */
@NullMarked
package dev.basin.dispatch;

import org.jspecify.annotations.NullMarked;
