package dev.basin.binding;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/** Binds by JNI: passes the addresses of segments to the static native methods that JavaCPP made from the headers. */
final class JavacppBinder extends FamilyBinder {
    /** By name, since the build makes the class after this one, and a Java-only build does not make it at all. */
    static final String FUNCTIONS = "dev.basin.binding.javacpp.BasinFunctions";

    private static final MethodTypeDesc TO_LONG = MethodTypeDesc.of(ConstantDescs.CD_long);

    @Override
    Object classData() {
        return FUNCTIONS;
    }

    @Override
    void emit(CodeBuilder code, KernelMethod kernel) {
        List<ClassDesc> types = new ArrayList<>(kernel.descriptor().parameterList());
        for (int i = 0; i < types.size(); i++) {
            kernel.load(code, i);
            if (kernel.pointers().get(i)) {
                code.invokeinterface(KernelMethod.SEGMENT, "address", TO_LONG);
                types.set(i, ConstantDescs.CD_long);
            }
        }
        code.invokestatic(ClassDesc.of(FUNCTIONS), kernel.symbol(), MethodTypeDesc.of(ConstantDescs.CD_void, types)).return_();
    }
}
