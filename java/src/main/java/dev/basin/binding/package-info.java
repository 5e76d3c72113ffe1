/**
 * From the seam to machine code: finding and trusting the native library, and binding its functions twice, by Panama and by
 * JavaCPP. Nothing here knows a kernel by name.
 */
@NullMarked
package dev.basin.binding;

import org.jspecify.annotations.NullMarked;
