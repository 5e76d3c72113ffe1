package dev.basin.binding;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Binds by JNI: passes the addresses of segments to the static native methods that JavaCPP made from the headers. */
final class JavacppBinder extends FamilyBinder {
    /** By name, since the build makes the class after this one, and a Java-only build does not make it at all. */
    static final String FUNCTIONS = "dev.basin.binding.javacpp.BasinFunctions";

    private static final MethodTypeDesc TO_LONG = MethodTypeDesc.of(ConstantDescs.CD_long);
    private static final MethodTypeDesc TO_SEGMENT = MethodTypeDesc.of(KernelMethod.SEGMENT, ConstantDescs.CD_long);

    private final String functions;

    /** Binds to the kernels of the processor. */
    JavacppBinder() {
        this(FUNCTIONS);
    }

    /** @param functions the class that JavaCPP made */
    JavacppBinder(String functions) {
        this.functions = functions;
    }

    @Override
    Object classData() {
        return functions;
    }

    @Override
    void emit(CodeBuilder code, KernelMethod kernel) {
        call(code, kernel, functions, kernel.symbol(), 0);
    }

    /**
     * Emits a call of a static native method, and the return.
     *
     * @param addresses how many are passed in front, loaded already
     */
    static void call(CodeBuilder code, KernelMethod kernel, String functions, String symbol, int addresses) {
        List<ClassDesc> types = new ArrayList<>(Collections.nCopies(addresses, ConstantDescs.CD_long));
        for (int i = 0; i < kernel.pointers().size(); i++) {
            kernel.load(code, i);
            if (kernel.pointers().get(i)) {
                code.invokeinterface(KernelMethod.SEGMENT, "address", TO_LONG);
                types.add(ConstantDescs.CD_long);
            } else {
                types.add(kernel.descriptor().parameterType(i));
            }
        }
        boolean givesAddress = kernel.descriptor().returnType().equals(KernelMethod.SEGMENT);
        ClassDesc result = givesAddress ? ConstantDescs.CD_long : kernel.descriptor().returnType();
        code.invokestatic(ClassDesc.of(functions), symbol, MethodTypeDesc.of(result, types));
        if (givesAddress) {
            code.invokestatic(KernelMethod.SEGMENT, "ofAddress", TO_SEGMENT, true);
        }
        kernel.emitReturn(code);
    }
}
