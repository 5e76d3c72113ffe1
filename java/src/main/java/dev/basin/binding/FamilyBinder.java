package dev.basin.binding;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Locale;

/**
 * Implements any interface of the seam by a hidden class, whose methods hold what one kind of binding needs to reach the C
 * function of the same name. It costs about as much as loading an ordinary class of that size: nothing is looked up or linked
 * before a method is first called.
 */
abstract class FamilyBinder {
    /** Emits a method's body: pass the parameters, in slots from 1 on, to the C function, and return. */
    abstract void emit(CodeBuilder code, KernelMethod kernel);

    /** What emitted code can ask for as its class data. */
    abstract Object classData();

    /** An instance of a new class that implements the interface. */
    final <F> F implement(Class<F> family) {
        ClassDesc name = ClassDesc.of(FamilyBinder.class.getPackageName(), "Bound" + family.getSimpleName());
        byte[] classFile = ClassFile.of().build(name, type -> {
            type.withFlags(Modifier.FINAL | ClassFile.ACC_SYNTHETIC).withInterfaceSymbols(family.describeConstable().orElseThrow());
            type.withMethodBody(ConstantDescs.INIT_NAME, ConstantDescs.MTD_void, Modifier.PUBLIC, code -> code
                    .aload(0)
                    .invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                    .return_());
            for (Method method : family.getMethods()) {
                if (Modifier.isAbstract(method.getModifiers())) {
                    KernelMethod kernel = KernelMethod.of(method);
                    type.withMethodBody(method.getName(), kernel.descriptor(), Modifier.PUBLIC, code -> emit(code, kernel));
                }
            }
        });
        try {
            MethodHandles.Lookup bound = MethodHandles.lookup().defineHiddenClassWithClassData(classFile, classData(), true);
            return family.cast(bound.findConstructor(bound.lookupClass(), MethodType.methodType(void.class)).invoke());
        } catch (Throwable failure) {
            throw new IllegalStateException(family + " cannot be bound", failure);
        }
    }

    /**
     * One method of the seam.
     *
     * @param symbol the C function's name
     * @param type the method's type
     */
    record KernelMethod(String symbol, MethodType type) {
        static KernelMethod of(Method method) {
            for (Class<?> parameter : method.getParameterTypes()) {
                if (parameter != int.class && parameter != long.class && parameter != double.class
                        && parameter != MemorySegment.class) {
                    throw new IllegalArgumentException(method + " has a parameter of " + parameter
                            + "; only int, long, double and MemorySegment cross the seam");
                }
            }
            if (method.getReturnType() != void.class) {
                throw new IllegalArgumentException(method + " must return nothing");
            }
            return new KernelMethod(symbolOf(method.getName()),
                    MethodType.methodType(void.class, method.getParameterTypes()));
        }

        MethodTypeDesc descriptor() {
            return type.describeConstable().orElseThrow();
        }

        /** {@code basin_} and the name in snake case. */
        static String symbolOf(String methodName) {
            return "basin_" + methodName.replaceAll("(?<!^)([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        }

        /** Emits the loading of one parameter. */
        void load(CodeBuilder code, int parameter) {
            code.loadLocal(TypeKind.from(type.parameterType(parameter)), code.parameterSlot(parameter));
        }
    }
}
