package dev.basin.binding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.basin.DataType;
import dev.basin.kernel.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeapMemoryTest {
    private static final int F32 = DataType.F32.code();
    private static final float[] WEIGHTS = {1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, -16, 17, -18, 19};
    private static final float[] GRADIENTS = {.5f, 1, -1, 2, -.25f, 0, 3, -3, 4, -4, 5, -5, 6, -6, 7, -7, 8, -8, 9};

    @BeforeEach
    void requireNatives() {
        Natives.folder();
    }

    @Test
    void panamaGivesTheSameResultOnHeapAndNativeMemory() throws Exception {
        Kernels kernels = PanamaBackend.load().kernels();
        float[] onHeap = WEIGHTS.clone();
        float[] momentumOnHeap = new float[WEIGHTS.length];
        step(kernels, MemorySegment.ofArray(onHeap), MemorySegment.ofArray(GRADIENTS), MemorySegment.ofArray(momentumOnHeap));

        try (Arena arena = Arena.ofConfined()) {
            MemorySegment weights = arena.allocateFrom(ValueLayout.JAVA_FLOAT, WEIGHTS);
            MemorySegment momentum = arena.allocate(ValueLayout.JAVA_FLOAT, WEIGHTS.length);
            step(kernels, weights, arena.allocateFrom(ValueLayout.JAVA_FLOAT, GRADIENTS), momentum);
            assertArrayEquals(weights.toArray(ValueLayout.JAVA_FLOAT), onHeap);
            assertArrayEquals(momentum.toArray(ValueLayout.JAVA_FLOAT), momentumOnHeap);

            // One heap argument among native ones is enough to need the other way in.
            float[] mixed = WEIGHTS.clone();
            momentum.fill((byte) 0);
            step(kernels, MemorySegment.ofArray(mixed), arena.allocateFrom(ValueLayout.JAVA_FLOAT, GRADIENTS), momentum);
            assertArrayEquals(onHeap, mixed);
        }
    }

    @Test
    void panamaTakesAPartOfAnArray() throws Exception {
        Kernels kernels = PanamaBackend.load().kernels();
        float[] whole = WEIGHTS.clone();
        float[] momentum = new float[WEIGHTS.length];
        step(kernels, MemorySegment.ofArray(whole), MemorySegment.ofArray(GRADIENTS), MemorySegment.ofArray(momentum));

        float[] padded = new float[WEIGHTS.length + 2];
        System.arraycopy(WEIGHTS, 0, padded, 1, WEIGHTS.length);
        MemorySegment inside = MemorySegment.ofArray(padded).asSlice(Float.BYTES, (long) WEIGHTS.length * Float.BYTES);
        step(kernels, inside, MemorySegment.ofArray(GRADIENTS), MemorySegment.ofArray(new float[WEIGHTS.length]));
        assertArrayEquals(whole, inside.toArray(ValueLayout.JAVA_FLOAT));
        assertEquals(0, padded[0]);
        assertEquals(0, padded[padded.length - 1]);
    }

    @Test
    void javacppGivesTheResultOfPanamaOnNativeMemory() throws Exception {
        Backend javacpp = JavacppBackend.load();
        assertFalse(javacpp.takesHeapMemory());
        float[] expected = WEIGHTS.clone();
        step(PanamaBackend.load().kernels(), MemorySegment.ofArray(expected), MemorySegment.ofArray(GRADIENTS),
                MemorySegment.ofArray(new float[WEIGHTS.length]));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment weights = arena.allocateFrom(ValueLayout.JAVA_FLOAT, WEIGHTS);
            step(javacpp.kernels(), weights, arena.allocateFrom(ValueLayout.JAVA_FLOAT, GRADIENTS),
                    arena.allocate(ValueLayout.JAVA_FLOAT, WEIGHTS.length));
            assertArrayEquals(expected, weights.toArray(ValueLayout.JAVA_FLOAT));
        }
    }

    private static void step(Kernels kernels, MemorySegment weights, MemorySegment gradients, MemorySegment momentum) {
        kernels.optimizer().lionStep(F32, weights, MemorySegment.NULL, F32, gradients, F32, momentum, MemorySegment.NULL,
                0, WEIGHTS.length, 0.1, 0.9, 0.99, 0.01, 1);
    }
}
