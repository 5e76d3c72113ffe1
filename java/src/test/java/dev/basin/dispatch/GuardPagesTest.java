package dev.basin.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.basin.TestBackends;
import dev.basin.binding.Backend;
import dev.basin.binding.BackendUnavailableException;
import dev.basin.binding.ForkedJvm;
import dev.basin.binding.Natives;
import dev.basin.binding.PanamaBackend;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.Kernels;
import dev.basin.kernel.OptimizerKernels;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No kernel on any instruction set touches memory outside of its tensors. A step outside ends a JVM, so each run has its own. */
class GuardPagesTest {
    @TempDir
    Path folder;

    private static final List<KernelDeclaration> ADAMW = List.of(KernelDeclaration.of(OptimizerKernels.class, "adamwStep"));

    @BeforeAll
    static void requireNatives() {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "guard pages are mapped as Linux does it");
        TestBackends.open("panama").close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86-64-v2", "x86-64-v3", "x86-64-v4", "x86-64-v4-bf16"})
    void everyKernelKeepsToItsTensors(String isa) throws Exception {
        assumeTrue(List.of("amd64", "x86_64").contains(System.getProperty("os.arch")), "instruction sets of x86-64");
        String output = run("right", "-Dbasin.isa=" + isa);
        assumeFalse(output.contains("which this processor cannot run"), output);
        long kernels = Kernels.FAMILIES.stream().mapToLong(family -> KernelDeclaration.of(family).size()).sum();
        assertTrue(output.startsWith(isa + ": " + kernels + " kernels, "), output);
    }

    @Test
    void aDriverThatGoesOneElementTooFarIsReported() throws Exception {
        String output = run("planted");
        assertTrue(output.startsWith("adamwStep touches what it may not beside ") && output.contains("end=1,"), output);
    }

    @Test
    void anElementTooFarIsReported() throws Exception {
        String output = run("end");
        assertTrue(output.startsWith("adamwStep touches what it may not beside ") && output.contains("at byte 0 of 0")
                && output.contains("end=0"), output);
    }

    @Test
    void anElementTooEarlyIsReported() throws Exception {
        String output = run("begin");
        assertTrue(output.matches("(?s)adamwStep touches what it may not beside .*, at byte -4 of .*"), output);
    }

    @Test
    void oneTensorReadTooFarIsReportedByName() throws Exception {
        String output = run("gradients");
        assertTrue(output.matches("(?s)adamwStep touches what it may not beside gradients, at byte (\\d+) of \\1: .*"), output);
    }

    /** What the JVM says at its end, or if it did not reach it, about the call that it was in. */
    private String run(String implementation, String... options) throws Exception {
        Path log = folder.resolve("call");
        Path crash = folder.resolve("crash");
        List<String> all = new java.util.ArrayList<>(List.of(options));
        all.addAll(List.of("-XX:TieredStopAtLevel=4", "-XX:ErrorFile=" + crash, "-XX:-CreateCoredumpOnCrash", "-Dbasin.cache=" + System.getProperty("basin.cache")));
        String output = ForkedJvm.start(GuardPagesTest.class, all, log.toString(), implementation).output();
        return output.contains("A fatal error has been detected") ? CallLog.open(log).describe(crash) : output;
    }

    /** Runs the kernels, or AdamW's step with a mistake in it. */
    public static void main(String[] arguments) {
        Backend backend;
        try {
            backend = PanamaBackend.load();
        } catch (BackendUnavailableException refused) {
            System.out.println(refused.getMessage());
            return;
        }
        CallLog log = CallLog.open(Path.of(arguments[0]));
        long kernels = 0;
        long calls = 0;
        if (arguments[1].equals("planted")) {
            new GuardedCalls(ADAMW.getFirst(), Natives.planted(), log).run();
            return;
        }
        boolean right = arguments[1].equals("right");
        for (Class<?> family : right ? Kernels.FAMILIES : List.<Class<?>>of(OptimizerKernels.class)) {
            Object implementation = backend.kernels().family(family);
            for (KernelDeclaration declaration : right ? KernelDeclaration.of(family) : ADAMW) {
                calls += new GuardedCalls(declaration, right ? implementation : mistaken(implementation, arguments[1]), log).run();
                kernels++;
            }
        }
        System.out.println(backend.isa() + ": " + kernels + " kernels, " + calls + " calls");
    }

    /** The kernels, one step off in an argument. */
    @SuppressWarnings("restricted") // a tensor that begins an element late, as it would to a driver that counts wrongly
    private static Object mistaken(Object family, String argument) {
        BiConsumer<Object[], Integer> mistake = switch (argument) {
            case "end" -> (values, at) -> values[at] = (Long) values[at] + 1;
            case "begin" -> (values, at) -> values[at] = (Long) values[at] - 1;
            default -> (values, at) -> values[at] = MemorySegment.ofAddress(((MemorySegment) values[at]).address() + Float.BYTES);
        };
        return Proxy.newProxyInstance(GuardPagesTest.class.getClassLoader(), new Class<?>[] {OptimizerKernels.class},
                (proxy, method, values) -> {
                    mistake.accept(values, KernelDeclaration.of(OptimizerKernels.class, method.getName()).position(argument));
                    return method.invoke(family, values);
                });
    }
}
