package dev.basin.jmh;

import dev.basin.Basin;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long a program waits for Basin: the first open in a new JVM, once a fork. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(10)
public class OpenBenchmark {
    /** The backend under test. */
    @Param({"auto", "panama", "javacpp", "java"})
    public String backend = "";

    /** Finds, checks and binds the library, and ends its threads. */
    @Benchmark
    public String open() {
        try (Basin basin = Basin.open(Basin.Options.defaults().backend(backend))) {
            return basin.isa();
        }
    }
}
