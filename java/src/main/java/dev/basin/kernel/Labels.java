package dev.basin.kernel;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says that the integers of a tensor are classes: at least 0 and below an extent, or the ignore index where there is one. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Labels {
    /** The extent that every label is below. */
    String below();

    /** The parameter that holds the one other value allowed; none if empty. */
    String ignore() default "";
}
