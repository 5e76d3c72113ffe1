package dev.basin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.RowBuffers;
import dev.basin.optim.AdamW;
import dev.basin.optim.Gradients;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("counts threads and what is allocated")
class BasinTest {
    private static final int WARM_UP_ROUNDS = 30;
    private static final int CALLS = 10_000;

    @Test
    void anUnknownBackendIsRefusedWithTheNamesThatExist() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> TestBackends.open("tpu"));
        assertEquals("backend must be auto or one of [panama, javacpp, java, cuda, reference], got tpu", refusal.getMessage());
    }

    @Test
    void automaticChoiceSaysWhatItTried() {
        try (Basin basin = Basin.open(Basin.Options.defaults().backend("auto"))) {
            Candidate last = basin.candidates().getLast();
            assertEquals(basin.backend(), last.backend());
            assertTrue(last.available());
        }
    }

    @Test
    void aClosedBasinIsRefused() {
        Basin basin = TestBackends.open("java");
        basin.close();
        float[] values = {1, 2};
        assertThrows(IllegalStateException.class,
                () -> new CrossEntropy().forwardBackward(basin, values, new int[] {0}, values));
    }

    @Test
    void closingLeavesNoThreadBehind() {
        Basin basin = TestBackends.open(Basin.Options.defaults().backend("java").threads(3));
        basin.close();
        assertTrue(Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().startsWith("basin-")));
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void theUsersExecutorLendsThreadsAndStaysOpen(String backend) {
        try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
            Basin.Options options = Basin.Options.defaults().backend(backend).threads(2).parallelThreshold(0);
            try (Basin basin = TestBackends.open(options.executor(pool))) {
                float[] values = {1, 2, 3, 4};
                double mean = new CrossEntropy().forwardBackward(basin, values, new int[] {0, 1}, values);
                assertEquals((Math.log1p(Math.E) + Math.log1p(1 / Math.E)) / 2, mean, 1e-6);
            }
            assertTrue(!pool.isShutdown());
        }
    }

    /**
     * Off-heap tensors that are made once, as a trainer keeps them. Not on the Java fallback: it makes two small objects a call, and
     * the Vector API makes more wherever the compiler has met several kinds of segments, as in this JVM. The compiler must have
     * seen the calls often enough, so there are several rounds.
     */
    @ParameterizedTest
    @ValueSource(strings = {"panama", "javacpp"})
    void aCallInSteadyStateAllocatesNothing(String backend) {
        try (Basin basin = TestBackends.open(Basin.Options.defaults().backend(backend)); Arena arena = Arena.ofConfined()) {
            Tensor logits = Tensor.allocate(arena, DataType.F32, 8, 10);
            Tensor gradient = Tensor.allocate(arena, DataType.F32, 8, 10);
            Tensor targets = Tensor.allocate(arena, DataType.I32, 8);
            RowBuffers buffers = RowBuffers.NONE.argmax(Tensor.allocate(arena, DataType.I32, 8));
            CrossEntropy loss = new CrossEntropy();
            AdamW adamw = AdamW.over(basin, List.of(logits), AdamW.Options.defaults());
            Gradients gradients = Gradients.of(List.of(gradient));
            Runnable call = () -> {
                loss.forwardBackward(basin, logits, targets, gradient, buffers);
                adamw.step(gradients, 1e-3);
            };
            long perCall = Long.MAX_VALUE;
            for (int round = 0; round < WARM_UP_ROUNDS && perCall > 0; round++) {
                perCall = allocatedBy(call, CALLS) / CALLS;
            }
            assertTrue(perCall == 0, perCall + " bytes a call");
        }
    }

    private static long allocatedBy(Runnable call, int times) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < times; i++) {
            call.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
