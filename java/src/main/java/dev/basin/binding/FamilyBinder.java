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
import java.util.ArrayList;
import java.util.List;

/**
 * Implements any interface of the seam by a hidden class, whose methods hold what one kind of binding needs to reach the C
 * function of the same name. It costs about as much as loading an ordinary class of that size: nothing is looked up or linked
 * before a method is first called.
 */
abstract class FamilyBinder {
    /** Emits a method's body: pass the parameters, in slots from 1 on, to the C function, and return what it returns. */
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
     * @param descriptor the method's type
     * @param pointers whether each parameter is a segment
     */
    record KernelMethod(String symbol, MethodTypeDesc descriptor, List<Boolean> pointers) {
        static final ClassDesc SEGMENT = ClassDesc.of("java.lang.foreign.MemorySegment");

        static KernelMethod of(Method method) {
            List<ClassDesc> types = new ArrayList<>();
            List<Boolean> pointers = new ArrayList<>();
            for (Class<?> parameter : method.getParameterTypes()) {
                types.add(describe(parameter, method));
                pointers.add(parameter == MemorySegment.class);
            }
            return new KernelMethod(
                    symbolOf(method.getName()), MethodTypeDesc.of(describeResult(method), types), List.copyOf(pointers));
        }

        private static ClassDesc describeResult(Method method) {
            Class<?> result = method.getReturnType();
            if (result == MemorySegment.class) {
                return SEGMENT;
            } else if (result == void.class) {
                return ConstantDescs.CD_void;
            } else if (result == int.class) {
                return ConstantDescs.CD_int;
            }
            throw new IllegalArgumentException(method + " must return nothing, int or MemorySegment");
        }

        private static ClassDesc describe(Class<?> parameter, Method method) {
            if (parameter == MemorySegment.class) {
                return SEGMENT;
            } else if (parameter == long.class) {
                return ConstantDescs.CD_long;
            } else if (parameter == int.class) {
                return ConstantDescs.CD_int;
            } else if (parameter == double.class) {
                return ConstantDescs.CD_double;
            }
            throw new IllegalArgumentException(method + " has a parameter of " + parameter
                    + "; only int, long, double and MemorySegment cross the seam");
        }

        /** {@code basin_} and the name in snake case. */
        static String symbolOf(String methodName) {
            StringBuilder symbol = new StringBuilder("basin_");
            for (int i = 0; i < methodName.length(); i++) {
                char letter = methodName.charAt(i);
                symbol.append(Character.isUpperCase(letter) ? "_" : "").append(Character.toLowerCase(letter));
            }
            return symbol.toString();
        }

        /** The C function of the same kernel on a device. */
        String symbolOnDevice() {
            return symbol.replaceFirst("basin_", "basin_cuda_");
        }

        /** Emits the end of the method. */
        void emitReturn(CodeBuilder code) {
            code.return_(TypeKind.from(descriptor.returnType()));
        }

        /** Emits the loading of one parameter. */
        void load(CodeBuilder code, int parameter) {
            code.loadLocal(TypeKind.from(descriptor.parameterType(parameter)), code.parameterSlot(parameter));
        }
    }
}
