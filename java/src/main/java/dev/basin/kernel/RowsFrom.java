package dev.basin.kernel;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that a kernel touches only some rows of a table: those that another tensor numbers, or the first ones, one for each index
 * of the range, where that tensor is absent.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface RowsFrom {
    /** The parameter with the numbers of the rows, a vector of integers. */
    String value();
}
