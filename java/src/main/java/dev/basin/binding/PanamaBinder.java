package dev.basin.binding;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Binds by the foreign function interface. A method holds two call sites, each linked when it is first reached, since linking
 * costs milliseconds: a plain one, and a critical one for calls with a heap segment among their arguments, which holds off
 * the garbage collector while it runs.
 */
@SuppressWarnings("restricted") // linking C functions is what this is for
final class PanamaBinder extends FamilyBinder {
    private static final MethodTypeDesc TO_BOOLEAN = MethodTypeDesc.of(ConstantDescs.CD_boolean);
    private static final DirectMethodHandleDesc LINK = MethodHandleDesc.ofMethod(
            DirectMethodHandleDesc.Kind.STATIC,
            PanamaBinder.class.describeConstable().orElseThrow(),
            "link",
            MethodTypeDesc.of(
                    ConstantDescs.CD_CallSite,
                    ConstantDescs.CD_MethodHandles_Lookup,
                    ConstantDescs.CD_String,
                    ConstantDescs.CD_MethodType,
                    ConstantDescs.CD_int));
    private static final int PLAIN = 0;
    private static final int CRITICAL = 1;

    private final SymbolLookup symbols;

    PanamaBinder(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    @Override
    Object classData() {
        return symbols;
    }

    @Override
    void emit(CodeBuilder code, KernelMethod kernel) {
        Label heap = code.newLabel();
        for (int i = 0; i < kernel.pointers().size(); i++) {
            if (kernel.pointers().get(i)) {
                kernel.load(code, i);
                code.invokeinterface(KernelMethod.SEGMENT, "isNative", TO_BOOLEAN).ifeq(heap);
            }
        }
        call(code, kernel, PLAIN);
        if (kernel.pointers().contains(true)) {
            code.labelBinding(heap);
            call(code, kernel, CRITICAL);
        }
    }

    private static void call(CodeBuilder code, KernelMethod kernel, int kind) {
        for (int i = 0; i < kernel.pointers().size(); i++) {
            kernel.load(code, i);
        }
        code.invokedynamic(DynamicCallSiteDesc.of(LINK, kernel.symbol(), kernel.descriptor(), kind));
        kernel.emitReturn(code);
    }

    /** Links a call site of a bound class; the JVM calls it when the site is first reached. */
    static CallSite link(MethodHandles.Lookup caller, String symbol, MethodType type, int kind)
            throws IllegalAccessException {
        SymbolLookup symbols = MethodHandles.classData(caller, ConstantDescs.DEFAULT_NAME, SymbolLookup.class);
        return kind == CRITICAL
                ? link(symbols, symbol, type, Linker.Option.critical(true))
                : link(symbols, symbol, type);
    }

    /** A call site that never changes. */
    static CallSite link(SymbolLookup symbols, String symbol, MethodType type, Linker.Option... options) {
        MemorySegment function = symbols.find(symbol).orElseThrow(
                () -> new UnsatisfiedLinkError("the native library has no function " + symbol));
        MemoryLayout[] parameters = type.parameterList().stream().map(PanamaBinder::layout).toArray(MemoryLayout[]::new);
        FunctionDescriptor descriptor = type.returnType() == void.class
                ? FunctionDescriptor.ofVoid(parameters)
                : FunctionDescriptor.of(layout(type.returnType()), parameters);
        return new ConstantCallSite(Linker.nativeLinker().downcallHandle(function, descriptor, options));
    }

    private static MemoryLayout layout(Class<?> carrier) {
        return carrier == MemorySegment.class ? ValueLayout.ADDRESS
                : carrier == int.class ? ValueLayout.JAVA_INT
                : carrier == long.class ? ValueLayout.JAVA_LONG
                : ValueLayout.JAVA_DOUBLE;
    }
}
