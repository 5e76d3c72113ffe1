package dev.basin.spec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.basin.Basin;
import dev.basin.TestBackends;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Results are the same to the bit for any number of threads. */
class ThreadsTest {
    private static final long SEED = 11;
    /** With one thread, two and five, by backend: binding their kernels once is enough. */
    private static final Map<String, List<Basin>> OPEN = new HashMap<>();

    @TestFactory
    Stream<DynamicTest> resultsDoNotDependOnTheNumberOfThreads() {
        return TestBackends.names().flatMap(backend -> Specs.all().stream().map(spec ->
                DynamicTest.dynamicTest(backend + " " + spec.name(), () -> check(backend, spec))));
    }

    /** With the threshold at 0 the smallest case is cut up too. */
    static void check(String backend, Spec spec) {
        List<Basin> open = OPEN.computeIfAbsent(backend, ThreadsTest::open);
        for (Case each : new CaseGenerator(spec, SEED, id -> isWorthCutting(backend, id)).all()) {
            Map<String, Value> expected = spec.evaluate(open.getFirst(), each.layout(), each.inputs(), each.parameters());
            open.stream().skip(1).forEach(more -> assertSame(spec, each, expected, more));
        }
    }

    private static List<Basin> open(String backend) {
        Basin.Options options = Basin.Options.defaults().backend(backend).parallelThreshold(0);
        return Stream.of(1, 2, 5).map(threads -> TestBackends.open(options.threads(threads))).toList();
    }

    @AfterAll
    static void close() {
        OPEN.values().forEach(open -> open.forEach(Basin::close));
    }

    /**
     * The many short rows and the hard numbers are cut like the random cases, of which a few do, and one large case like another in
     * a heap array.
     * JavaCPP's calls are cut as Panama's are, above the same library.
     */
    private static boolean isWorthCutting(String backend, String id) {
        if (backend.equals("javacpp")) {
            return id.matches("parallel|confined|random-0");
        }
        return id.matches("random-(f16-|bf16-)?[0-4]|parallel|confined|long-row.*|in-place.*|strided.*|heap.*|nan-row.*|empty");
    }

    private static void assertSame(Spec spec, Case each, Map<String, Value> expected, Basin basin) {
        Map<String, Value> actual = spec.evaluate(basin, each.layout(), each.inputs(), each.parameters());
        expected.forEach((name, value) -> assertArrayEquals(value.data(), actual.get(name).data(),
                spec.name() + " " + each.id() + " " + name + " with " + basin.threads() + " threads, seed " + SEED));
    }
}
