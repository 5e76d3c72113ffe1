package dev.basin.jmh;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.optim.AdamW;
import java.lang.foreign.Arena;
import java.util.List;
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

/** From where the call is all to where the work is: a loss and a step from a hundred numbers to a hundred thousand. */
@NullUnmarked // JMH fills the fields in
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SizeBenchmark {
    private static final int CLASSES = 100;
    private static final double LEARNING_RATE = 1e-3;

    /** The backend under test. */
    @Param({"panama", "java"})
    public String backend = "panama";

    /** How many logits, or how many weights. */
    @Param({"100", "1000", "10000", "100000"})
    public int size = 100_000;

    private Arena arena;
    private Basin basin;
    private Tensor logits;
    private Tensor targets;
    private Tensor gradLogits;
    private CrossEntropy loss;
    private List<Tensor> gradients;
    private AdamW adamw;

    @Setup(Level.Trial)
    public void open() {
        arena = Arena.ofShared();
        basin = Basin.open(Basin.Options.defaults().backend(backend).threads(1));
        logits = Tensor.allocate(arena, DataType.F32, size / CLASSES, CLASSES);
        targets = Tensor.allocate(arena, DataType.I32, size / CLASSES);
        gradLogits = Tensor.allocate(arena, DataType.F32, size / CLASSES, CLASSES);
        Tensor weights = Tensor.allocate(arena, DataType.F32, size);
        Tensor gradient = Tensor.allocate(arena, DataType.F32, size);
        Random random = new Random(1);
        for (int i = 0; i < size; i++) {
            logits.set(i, random.nextGaussian());
            gradient.set(i, random.nextGaussian());
        }
        for (int i = 0; i < targets.size(); i++) {
            targets.set(i, random.nextInt(CLASSES));
        }
        loss = new CrossEntropy();
        gradients = List.of(gradient);
        adamw = AdamW.over(basin, List.of(weights), AdamW.Options.defaults());
    }

    @TearDown(Level.Trial)
    public void close() {
        basin.close();
        arena.close();
    }

    /** Cross-entropy of rows of 100 classes with its gradient. */
    @Benchmark
    public double crossEntropy() {
        return loss.forwardBackward(basin, logits, targets, gradLogits);
    }

    /** A step of AdamW on one tensor. */
    @Benchmark
    public void adamW() {
        adamw.step(gradients, LEARNING_RATE);
    }
}
