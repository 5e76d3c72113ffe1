package dev.basin.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("measures time")
class FamilyBinderTest {
    private static final SymbolLookup NOTHING = name -> Optional.empty();

    interface Unknown {
        void notThere(MemorySegment values, long count);
    }

    interface WithAString {
        void print(String text);
    }

    interface WithAResult {
        String name(MemorySegment values);
    }

    @Test
    void symbolsAreMethodNamesInSnakeCase() {
        assertEquals("basin_adamw_step", FamilyBinder.KernelMethod.symbolOf("adamwStep"));
        assertEquals("basin_soft_cross_entropy_backward", FamilyBinder.KernelMethod.symbolOf("softCrossEntropyBackward"));
        assertEquals("basin_empty", FamilyBinder.KernelMethod.symbolOf("empty"));
        assertEquals("basin_log_z_penalty", FamilyBinder.KernelMethod.symbolOf("logZPenalty"));
    }

    @Test
    void aFunctionIsLookedForWhenItIsFirstCalled() {
        Unknown unknown = new PanamaBinder(NOTHING).implement(Unknown.class);
        LinkageError failure = assertThrows(LinkageError.class, () -> unknown.notThere(MemorySegment.NULL, 1));
        assertTrue(Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause -> "the native library has no function basin_not_there".equals(cause.getMessage())));
    }

    @Test
    void onlyWhatCrossesTheSeamIsBound() {
        for (FamilyBinder binder : List.of(new PanamaBinder(NOTHING), new JavacppBinder())) {
            assertThrows(IllegalArgumentException.class, () -> binder.implement(WithAString.class));
            assertThrows(IllegalArgumentException.class, () -> binder.implement(WithAResult.class));
        }
    }

    /** The budget of opening Basin is 200 ms; a library that has grown to 300 kernels must leave most of it. */
    @Test
    void threeHundredKernelsAreBoundInAFractionOfTheTimeToOpen() throws Exception {
        Class<?> family = interfaceOf(300);
        // Processor time, so that a busy machine is not taken for a slow binder.
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        for (FamilyBinder binder : List.of(new PanamaBinder(NOTHING), new JavacppBinder())) {
            long start = clock.getCurrentThreadCpuTime();
            Object bound = binder.implement(family);
            Duration taken = Duration.ofNanos(clock.getCurrentThreadCpuTime() - start);
            assertTrue(family.isInstance(bound));
            assertTrue(taken.toMillis() < 100, () -> binder.getClass().getSimpleName() + " took " + taken);
        }
    }

    private static Class<?> interfaceOf(int kernels) throws IllegalAccessException {
        ClassDesc segment = MemorySegment.class.describeConstable().orElseThrow();
        List<ClassDesc> parameters = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            parameters.addAll(List.of(ConstantDescs.CD_int, segment, ConstantDescs.CD_long, ConstantDescs.CD_double));
        }
        MethodTypeDesc type = MethodTypeDesc.of(ConstantDescs.CD_void, parameters);
        byte[] classFile = ClassFile.of().build(ClassDesc.of(FamilyBinderTest.class.getPackageName(), "ManyKernels"), builder -> {
            builder.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_INTERFACE | ClassFile.ACC_ABSTRACT);
            for (int i = 0; i < kernels; i++) {
                builder.withMethod("kernelNumber" + i, type, ClassFile.ACC_PUBLIC | ClassFile.ACC_ABSTRACT, method -> {});
            }
        });
        return MethodHandles.lookup().defineClass(classFile);
    }
}
