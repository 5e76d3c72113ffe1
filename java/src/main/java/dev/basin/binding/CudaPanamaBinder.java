package dev.basin.binding;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/** Binds to the device's kernels by the foreign function interface: {@code basin_cuda_<name>}, with the stream in front. */
final class CudaPanamaBinder extends FamilyBinder {
    private static final DirectMethodHandleDesc LINK = MethodHandleDesc.ofMethod(
            DirectMethodHandleDesc.Kind.STATIC,
            CudaPanamaBinder.class.describeConstable().orElseThrow(),
            "link",
            MethodTypeDesc.of(
                    ConstantDescs.CD_CallSite,
                    ConstantDescs.CD_MethodHandles_Lookup,
                    ConstantDescs.CD_String,
                    ConstantDescs.CD_MethodType));
    private static final ClassDesc METHOD_HANDLES = ClassDesc.of("java.lang.invoke.MethodHandles");
    private static final DynamicConstantDesc<?> STREAM = DynamicConstantDesc.ofNamed(
            MethodHandleDesc.ofMethod(
                    DirectMethodHandleDesc.Kind.STATIC, METHOD_HANDLES, "classDataAt",
                    MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_MethodHandles_Lookup,
                            ConstantDescs.CD_String, ConstantDescs.CD_Class, ConstantDescs.CD_int)),
            ConstantDescs.DEFAULT_NAME, KernelMethod.SEGMENT, 1);

    private final List<Object> data;

    /** @param stream where kernels are launched; the address 0 is the default stream */
    CudaPanamaBinder(SymbolLookup symbols, MemorySegment stream) {
        this.data = List.of(symbols, stream);
    }

    @Override
    Object classData() {
        return data;
    }

    @Override
    void emit(CodeBuilder code, KernelMethod kernel) {
        code.ldc(STREAM);
        for (int i = 0; i < kernel.pointers().size(); i++) {
            kernel.load(code, i);
        }
        MethodTypeDesc type = kernel.descriptor().insertParameterTypes(0, KernelMethod.SEGMENT);
        code.invokedynamic(DynamicCallSiteDesc.of(LINK, kernel.symbolOnDevice(), type));
        kernel.emitReturn(code);
    }

    /** Links a call site of a bound class; the JVM calls it when the site is first reached. */
    static CallSite link(MethodHandles.Lookup caller, String symbol, MethodType type) throws IllegalAccessException {
        SymbolLookup symbols = MethodHandles.classDataAt(caller, ConstantDescs.DEFAULT_NAME, SymbolLookup.class, 0);
        return PanamaBinder.link(symbols, symbol, type);
    }
}
