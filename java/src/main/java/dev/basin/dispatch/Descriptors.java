package dev.basin.dispatch;

import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.util.Arrays;

/** Nominal descriptors that the binders of this package share. */
final class Descriptors {
    static final ClassDesc SEGMENT = of(MemorySegment.class);

    private static final DirectMethodHandleDesc CLASS_DATA_AT = ConstantDescs.ofConstantBootstrap(
            ClassDesc.of("java.lang.invoke.MethodHandles"), "classDataAt", ConstantDescs.CD_Object, ConstantDescs.CD_int);

    private Descriptors() {}

    static ClassDesc of(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    static MethodTypeDesc of(Method method) {
        return MethodTypeDesc.of(
                of(method.getReturnType()),
                Arrays.stream(method.getParameterTypes()).map(Descriptors::of).toArray(ClassDesc[]::new));
    }

    /** An element of the list that a hidden class was defined with, as a constant of that class. */
    static DynamicConstantDesc<?> classData(int index, ClassDesc type) {
        return DynamicConstantDesc.ofNamed(CLASS_DATA_AT, ConstantDescs.DEFAULT_NAME, type, index);
    }
}
