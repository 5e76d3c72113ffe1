/**
 * The seam: one Java interface a kernel family, with the functions of {@code native/include/basin} under the same names
 * and with the same parameters in the same order. Annotations on the parameters say once what each of them is; the
 * validation above the seam, the splitting among threads, the copies for backends that need them and the tests that hold
 * backends to their word are all derived from them.
 */
@NullMarked
package dev.basin.kernel;

import org.jspecify.annotations.NullMarked;
