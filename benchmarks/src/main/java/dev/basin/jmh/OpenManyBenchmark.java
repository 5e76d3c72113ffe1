package dev.basin.jmh;

import dev.basin.Basin;
import dev.basin.binding.BackendUnavailableException;
import dev.basin.binding.JavacppBackend;
import dev.basin.binding.PanamaBackend;
import dev.basin.dispatch.Front;
import dev.basin.dispatch.Lifetime;
import dev.basin.dispatch.Target;
import dev.basin.dispatch.Team;
import dev.basin.dispatch.Traffic;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the first use of a family of 300 kernels costs in a new JVM: binding them, and making the front that checks and the one
 * that also runs. Opening makes no family, so it does not grow with them. Basin is open before, since the generation of the
 * kernels loads classes that opening would have to.
 */
@NullUnmarked // JMH fills the fields in
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(10)
public class OpenManyBenchmark {
    private static final int KERNELS = 300;

    /** The binding under test. */
    @Param({"panama", "javacpp"})
    public String backend = "";

    private Class<?> family;

    @Setup(Level.Trial)
    public void prepare() {
        Basin.open(Basin.Options.defaults().backend(backend)).close();
        family = ManyKernels.family(KERNELS);
    }

    @Benchmark
    public Object addKernels() throws BackendUnavailableException {
        return add(family);
    }

    private <F> Object add(Class<F> kernels) throws BackendUnavailableException {
        boolean panama = backend.equals(PanamaBackend.NAME);
        F bound = panama ? PanamaBackend.bind(kernels) : JavacppBackend.bind(kernels);
        Team team = Team.of(1);
        F checked = Front.family(kernels, new Target(bound, panama, false, null, true, new Traffic()), team, 0, new Lifetime());
        F front = Front.family(kernels, new Target(bound, panama, false, null, false, new Traffic()), team, 0, new Lifetime());
        return new Object[] {checked, front};
    }
}
