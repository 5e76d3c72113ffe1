package dev.basin.dispatch;

import dev.basin.kernel.KernelArgument;
import dev.basin.kernel.KernelDeclaration;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AccessFlag;

/**
 * Spins an {@link Invoker} for a kernel: the arguments come from the call, the range from the parameters, and the backend is a
 * constant, so that the JIT compiler sees through to it.
 */
final class InvokerBinder {
    private static final ClassDesc INVOKER = Descriptors.of(Invoker.class);
    private static final ClassDesc CALL = Descriptors.of(Call.class);
    private static final MethodTypeDesc INVOKE =
            MethodTypeDesc.of(ConstantDescs.CD_void, CALL, ConstantDescs.CD_long, ConstantDescs.CD_long);

    private InvokerBinder() {}

    static Invoker bind(KernelDeclaration declaration, Object implementation) {
        ClassDesc self = ClassDesc.of(InvokerBinder.class.getPackageName(), "Invoker$" + declaration.name());
        byte[] bytes = ClassFile.of().build(self, builder -> builder
                .withFlags(AccessFlag.FINAL)
                .withSuperclass(INVOKER)
                .withMethodBody(ConstantDescs.INIT_NAME, ConstantDescs.MTD_void, 0, code -> code
                        .aload(0)
                        .invokespecial(INVOKER, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                        .return_())
                .withMethodBody("invoke", INVOKE, ClassFile.ACC_PROTECTED, code -> writeInvoke(code, declaration)));
        try {
            MethodHandles.Lookup lookup =
                    MethodHandles.lookup().defineHiddenClassWithClassData(bytes, java.util.List.of(implementation), true);
            return (Invoker) lookup.findConstructor(lookup.lookupClass(), java.lang.invoke.MethodType.methodType(void.class))
                    .invoke();
        } catch (Throwable e) {
            throw new IllegalStateException("cannot make an invoker for " + declaration.name(), e);
        }
    }

    private static void writeInvoke(CodeBuilder code, KernelDeclaration declaration) {
        ClassDesc family = Descriptors.of(declaration.family());
        code.ldc(Descriptors.classData(0, family));
        Class<?>[] types = declaration.method().getParameterTypes();
        for (int i = 0; i < types.length; i++) {
            loadArgument(code, declaration.arguments().get(i), types[i]);
        }
        code.invokeinterface(family, declaration.name(), Descriptors.of(declaration.method()));
        code.return_();
    }

    private static void loadArgument(CodeBuilder code, KernelArgument argument, Class<?> type) {
        switch (argument) {
            case KernelArgument.Begin _ -> code.lload(2);
            case KernelArgument.End _ -> code.lload(4);
            case KernelArgument.TensorArgument tensor -> code
                    .aload(1)
                    .getfield(CALL, "segments", Descriptors.SEGMENT.arrayType())
                    .loadConstant(tensor.slot())
                    .aaload();
            case KernelArgument.Real real -> code
                    .aload(1)
                    .getfield(CALL, "reals", ConstantDescs.CD_double.arrayType())
                    .loadConstant(real.slot())
                    .daload();
            default -> {
                code.aload(1)
                        .getfield(CALL, "integers", ConstantDescs.CD_long.arrayType())
                        .loadConstant(argument.slot())
                        .laload();
                if (type == int.class) {
                    code.l2i();
                }
            }
        }
    }
}
