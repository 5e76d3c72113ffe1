package dev.basin.kernel;

import dev.basin.DataType;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an {@code int} as the storage type of the tensors that name it, and lists the types that every backend takes. The
 * reference takes {@link DataType#F64} besides.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface StorageTypes {
    DataType[] value();
}
