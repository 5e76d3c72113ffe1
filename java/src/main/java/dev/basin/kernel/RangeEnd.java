package dev.basin.kernel;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the end of the range, and names the dimension that the range cuts. Above the seam a kernel is called with the whole
 * range, {@code [0, extent)}; pieces of it go to the backend, in any order and on any thread.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface RangeEnd {
    /** The dimension's name in the shapes. */
    String value();
}
