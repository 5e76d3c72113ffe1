package dev.basin.binding;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodType;

/** Binds by JNI: passes the addresses of segments to the static native methods that JavaCPP made from the headers. */
final class JavacppBinder extends FamilyBinder {
    /** By name, since the build makes the class after this one, and a Java-only build does not make it at all. */
    static final String FUNCTIONS = "dev.basin.binding.javacpp.BasinFunctions";

    private static final ClassDesc SEGMENT = MemorySegment.class.describeConstable().orElseThrow();

    @Override
    Object classData() {
        return FUNCTIONS;
    }

    @Override
    void emit(CodeBuilder code, KernelMethod kernel) {
        MethodType addresses = kernel.type();
        for (int i = 0; i < addresses.parameterCount(); i++) {
            kernel.load(code, i);
            if (addresses.parameterType(i) == MemorySegment.class) {
                code.invokeinterface(SEGMENT, "address", MethodTypeDesc.of(ConstantDescs.CD_long));
                addresses = addresses.changeParameterType(i, long.class);
            }
        }
        code.invokestatic(ClassDesc.of(FUNCTIONS), kernel.symbol(), addresses.describeConstable().orElseThrow());
        code.return_();
    }
}
