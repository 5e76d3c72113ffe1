package dev.basin.binding;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class SelfCheckTest {
    @Test
    void aNativeLibraryPasses() {
        Natives.folder();
        assertDoesNotThrow(() -> SelfCheck.run(PanamaBackend.load().kernels()));
    }

    @Test
    void kernelsThatDoNothingAreNotTrusted() {
        assertNotTrusted((proxy, method, arguments) -> null);
    }

    @Test
    void kernelsThatWriteNaNAreNotTrusted() {
        assertNotTrusted((proxy, method, arguments) -> {
            for (Object argument : arguments) {
                if (argument instanceof MemorySegment segment && segment.byteSize() > 0) {
                    segment.setAtIndex(ValueLayout.JAVA_FLOAT, 0, Float.NaN);
                }
            }
            return null;
        });
    }

    private static void assertNotTrusted(InvocationHandler kernel) {
        Kernels kernels = Kernels.of(new Kernels.FamilyImplementation() {
            @Override
            public <F> F of(Class<F> family) {
                return family.cast(Proxy.newProxyInstance(family.getClassLoader(), new Class<?>[] {family}, kernel));
            }
        });
        String message = assertThrows(BackendUnavailableException.class, () -> SelfCheck.run(kernels)).getMessage();
        assertTrue(message.startsWith("it fails its first check: after one AdamW step"), message);
    }
}
