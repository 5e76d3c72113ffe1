package dev.basin.kernel;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A tensor that the kernel reads. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Input {
    /** Dimensions, outermost first: each the name of an extent of the same kernel, a number, or a sum of both. */
    String[] shape();

    /** The parameter that holds the storage type, or one of the fixed types {@code "f32"}, {@code "f64"} and {@code "i32"}. */
    String type();

    /** The parameter that holds the distance between rows in elements; none for a contiguous tensor. */
    String stride() default "";

    /** Whether {@code MemorySegment.NULL} may stand for it. */
    boolean optional() default false;
}
