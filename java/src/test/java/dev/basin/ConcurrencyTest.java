package dev.basin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.basin.kernel.Kernels;
import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads that share a Basin, Basins side by side, class loaders side by side, and closing in the middle of it all. */
class ConcurrencyTest {
    private static final int THREADS = 8;
    private static final int ELEMENTS = 100_000;
    private static final int CLOSINGS = 8;

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void threadsShareABasin(String backend) throws Exception {
        int expected = SampleTraining.runOn(backend);
        try (Basin basin = TestBackends.open(SampleTraining.options(backend))) {
            assertEquals(Collections.nCopies(THREADS, expected), together(() -> SampleTraining.run(basin)));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void basinsWorkSideBySide(String backend) throws Exception {
        int expected = SampleTraining.runOn(backend);
        assertEquals(Collections.nCopies(THREADS, expected), together(() -> SampleTraining.runOn(backend)));
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void classLoadersWorkSideBySide(String backend) throws Exception {
        int expected = SampleTraining.runOn(backend);
        try (URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            var other = loader.loadClass(SampleTraining.class.getName()).getMethod("runOn", String.class);
            CountDownLatch turns = new CountDownLatch(THREADS);
            assertEquals(Collections.nCopies(THREADS, expected), together(() -> {
                turns.countDown();
                boolean even = turns.getCount() % 2 == 0;
                return even ? SampleTraining.runOn(backend) : (Integer) other.invoke(null, backend);
            }));
        }
    }

    /** The memory goes as soon as the Basin is closed: a call that still ran would crash, or keep the arena from closing. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void afterClosingNoCallTouchesMemory(String backend) throws Exception {
        for (int closing = 0; closing < CLOSINGS; closing++) {
            long threshold = closing % 2 == 0 ? 0 : Long.MAX_VALUE;
            Basin basin = TestBackends.open(SampleTraining.options(backend).parallelThreshold(threshold));
            Kernels kernels = basin.kernels();
            Arena arena = Arena.ofShared();
            CountDownLatch started = new CountDownLatch(THREADS);
            try (ExecutorService callers = Executors.newFixedThreadPool(THREADS)) {
                List<Future<?>> endings = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    MemorySegment memory = arena.allocate(3L * Float.BYTES * ELEMENTS, 64);
                    endings.add(callers.submit(() -> stepUntilRefused(kernels, memory, started)));
                }
                started.await();
                basin.close();
                arena.close();
                for (Future<?> ending : endings) {
                    ending.get();
                }
            }
        }
    }

    private static void stepUntilRefused(Kernels kernels, MemorySegment memory, CountDownLatch started) {
        long bytes = (long) Float.BYTES * ELEMENTS;
        MemorySegment weights = memory.asSlice(0, bytes);
        MemorySegment gradients = memory.asSlice(bytes, bytes);
        MemorySegment momentum = memory.asSlice(2 * bytes, bytes);
        IllegalStateException refusal = assertThrows(IllegalStateException.class, () -> {
            while (true) {
                kernels.optimizer().lionStep(0, weights, MemorySegment.NULL, 0, gradients, 0, momentum, MemorySegment.NULL,
                        0, ELEMENTS, 0.1, 0.9, 0.99, 0, 1);
                started.countDown();
            }
        });
        assertEquals("this Basin is closed", refusal.getMessage());
    }

    private static <T> List<T> together(Callable<T> work) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(Collections.nCopies(THREADS, work))) {
                results.add(result.get());
            }
            return results;
        }
    }

    private static URL[] classPath() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }
}
