package dev.basin.dispatch;

import dev.basin.kernel.KernelDeclaration;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Method;
import java.util.List;

/**
 * Spins the implementation of a family that public types call: each method writes its arguments into a {@link Call} and runs
 * it.
 */
final class FrontBinder {
    private static final ClassDesc LAZY = Descriptors.of(LazyDispatcher.class);
    private static final ClassDesc DISPATCHER = Descriptors.of(KernelDispatcher.class);
    private static final ClassDesc CALL = Descriptors.of(Call.class);

    private FrontBinder() {}

    /** @param dispatchers one for each method, in the same order */
    static <F> F bind(Class<F> family, List<Method> methods, List<LazyDispatcher> dispatchers) {
        ClassDesc self = ClassDesc.of(FrontBinder.class.getPackageName(), "Front$" + family.getSimpleName());
        byte[] bytes = ClassFile.of().build(self, builder -> {
            builder.withFlags(AccessFlag.FINAL)
                    .withInterfaceSymbols(Descriptors.of(family))
                    .withMethodBody(ConstantDescs.INIT_NAME, ConstantDescs.MTD_void, 0, code -> code
                            .aload(0)
                            .invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                            .return_());
            for (int i = 0; i < methods.size(); i++) {
                int index = i;
                Method method = methods.get(i);
                builder.withMethodBody(method.getName(), Descriptors.of(method), ClassFile.ACC_PUBLIC,
                        code -> writeMethod(code, method, index));
            }
        });
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup().defineHiddenClassWithClassData(bytes, dispatchers, true);
            return family.cast(lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class)).invoke());
        } catch (Throwable e) {
            throw new IllegalStateException("cannot make the front of " + family.getSimpleName(), e);
        }
    }

    private static void writeMethod(CodeBuilder code, Method method, int index) {
        int dispatcher = code.allocateLocal(java.lang.classfile.TypeKind.REFERENCE);
        int call = code.allocateLocal(java.lang.classfile.TypeKind.REFERENCE);
        code.ldc(Descriptors.classData(index, LAZY))
                .invokevirtual(LAZY, "get", MethodTypeDesc.of(DISPATCHER))
                .astore(dispatcher)
                .aload(dispatcher)
                .invokevirtual(DISPATCHER, "acquire", MethodTypeDesc.of(CALL))
                .astore(call);
        Class<?>[] types = method.getParameterTypes();
        KernelDeclaration.Slots slots = new KernelDeclaration.Slots();
        for (int i = 0; i < types.length; i++) {
            storeArgument(code, call, slots, types[i], code.parameterSlot(i));
        }
        code.aload(dispatcher)
                .aload(call)
                .invokevirtual(DISPATCHER, "run", MethodTypeDesc.of(ConstantDescs.CD_void, CALL))
                .return_();
    }

    private static void storeArgument(CodeBuilder code, int call, KernelDeclaration.Slots slots, Class<?> type, int parameter) {
        code.aload(call);
        if (type == java.lang.foreign.MemorySegment.class) {
            code.getfield(CALL, "segments", Descriptors.SEGMENT.arrayType())
                    .loadConstant(slots.nextSegment())
                    .aload(parameter)
                    .aastore();
        } else if (type == double.class) {
            code.getfield(CALL, "reals", ConstantDescs.CD_double.arrayType())
                    .loadConstant(slots.nextReal())
                    .dload(parameter)
                    .dastore();
        } else {
            code.getfield(CALL, "integers", ConstantDescs.CD_long.arrayType()).loadConstant(slots.nextInteger());
            if (type == int.class) {
                code.iload(parameter).i2l();
            } else {
                code.lload(parameter);
            }
            code.lastore();
        }
    }
}
