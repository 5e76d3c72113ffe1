package dev.basin.jmh;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.binding.Backend;
import dev.basin.binding.Backends;
import dev.basin.kernel.DiagnosticKernels;
import dev.basin.loss.CrossEntropy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a call costs: the binding alone, and a public call on a problem so small that little else is in it. */
@NullUnmarked // JMH fills the fields in
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CallBenchmark {
    private static final int ROWS = 8;
    private static final int CLASSES = 10;

    /** The backend under test. */
    @Param({"panama", "javacpp", "java"})
    public String backend = "";

    private Arena arena;
    private Basin basin;
    private DiagnosticKernels bound;
    private MemorySegment memory;
    private MemorySegment sharedMemory;
    private Tensor logits;
    private Tensor targets;
    private Tensor gradients;
    private Tensor heapLogits;
    private Tensor heapTargets;
    private Tensor heapGradients;
    private CrossEntropy loss;

    @Setup(Level.Trial)
    public void open() {
        arena = Arena.ofShared();
        basin = Basin.open(Basin.Options.defaults().backend(backend));
        Backend unchecked = Backends.select(backend).backend();
        bound = unchecked.kernels().diagnostic();
        memory = Arena.ofAuto().allocate(64, 64);
        sharedMemory = arena.allocate(64, 64);
        logits = Tensor.allocate(arena, DataType.F32, ROWS, CLASSES);
        targets = Tensor.allocate(arena, DataType.I32, ROWS);
        gradients = Tensor.allocate(arena, DataType.F32, ROWS, CLASSES);
        heapLogits = Tensor.of(new float[ROWS * CLASSES], ROWS, CLASSES);
        heapTargets = Tensor.of(new int[ROWS]);
        heapGradients = Tensor.of(new float[ROWS * CLASSES], ROWS, CLASSES);
        loss = new CrossEntropy();
        fill(new Random(1));
    }

    @TearDown(Level.Trial)
    public void close() {
        basin.close();
        arena.close();
    }

    /** Into the empty kernel and back, without any check. */
    @Benchmark
    public void emptyKernel() {
        bound.empty(memory, 0, 16);
    }

    /** The same with memory of a shared arena, which a Panama call holds open while it runs. */
    @Benchmark
    public void emptyKernelSharedArena() {
        bound.empty(sharedMemory, 0, 16);
    }

    /** The first through Basin's checks. */
    @Benchmark
    public void emptyKernelChecked() {
        basin.kernels().diagnostic().empty(memory, 0, 16);
    }

    /** Cross-entropy with its gradient on 8 rows of 10 classes, off-heap. */
    @Benchmark
    public double crossEntropy8x10() {
        return loss.forwardBackward(basin, logits, targets, gradients);
    }

    /** The same on arrays. */
    @Benchmark
    public double crossEntropy8x10Arrays() {
        return loss.forwardBackward(basin, heapLogits, heapTargets, heapGradients);
    }

    private void fill(Random random) {
        for (int i = 0; i < logits.size(); i++) {
            double value = random.nextGaussian();
            logits.set(i, value);
            heapLogits.set(i, value);
        }
        for (int i = 0; i < targets.size(); i++) {
            int label = random.nextInt(CLASSES);
            targets.set(i, label);
            heapTargets.set(i, label);
        }
    }
}
