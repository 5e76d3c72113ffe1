package dev.basin.kernel;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a kernel has to compute at least, by its formula: operations for each element of a tensor. A sum, a product, a quotient, a
 * root, a comparison and a conversion count as one, a product with a sum as two, an exponential or a logarithm as twenty. What
 * is done once a row is left out.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Operations {
    /** How many. */
    double perElement();

    /** The tensor. */
    String of();
}
