package dev.basin.jmh;

import dev.basin.kernel.LossKernels;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandles;
import java.util.Objects;

/** Makes families of as many kernels as one likes, to see what they will cost before they are written. */
final class ManyKernels {
    private static final String PATTERN = "crossEntropyForwardBackward";

    private ManyKernels() {}

    /** An interface of so many kernels, each declared, annotations and all, like the one for cross-entropy. */
    static Class<?> family(int kernels) {
        MethodModel pattern = pattern();
        ClassDesc name = ClassDesc.of(ManyKernels.class.getPackageName(), "Generated" + kernels + "Kernels");
        byte[] classFile = ClassFile.of().build(name, family -> {
            family.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_INTERFACE | ClassFile.ACC_ABSTRACT);
            for (int i = 0; i < kernels; i++) {
                family.withMethod("generated" + i, pattern.methodTypeSymbol(), pattern.flags().flagsMask(),
                        method -> pattern.forEach(method::with));
            }
        });
        try {
            return MethodHandles.lookup().defineClass(classFile);
        } catch (IllegalAccessException impossible) {
            throw new AssertionError("this package is our own", impossible);
        }
    }

    private static MethodModel pattern() {
        try (InputStream in = LossKernels.class.getResourceAsStream(LossKernels.class.getSimpleName() + ".class")) {
            return ClassFile.of().parse(Objects.requireNonNull(in).readAllBytes()).methods().stream()
                    .filter(method -> method.methodName().equalsString(PATTERN))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
