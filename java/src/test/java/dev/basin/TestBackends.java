package dev.basin;

import dev.basin.binding.Backend;
import dev.basin.binding.Backends;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The backends that tests run on; a missing native library skips its tests and says why, unless natives are required. */
public final class TestBackends {
    private static final boolean REQUIRED = "required".equals(System.getenv("BASIN_NATIVE"));
    private static final List<String> NAMES = List.of("java", "panama", "javacpp");

    private TestBackends() {}

    /** All names, for parameterised tests; {@link #open} skips those that cannot load. */
    public static Stream<String> names() {
        return NAMES.stream();
    }

    public static Basin reference() {
        return Basin.open(Basin.Options.defaults().backend("reference"));
    }

    /** On a backend that a test loaded itself. */
    public static Basin over(Backend backend) {
        return new Basin(new Backends.Selection(backend, List.of()), Basin.Options.defaults());
    }

    public static Basin open(String backend) {
        return open(Basin.Options.defaults().backend(backend));
    }

    public static Basin open(Basin.Options options) {
        try {
            return Basin.open(options);
        } catch (BackendException missing) {
            Assumptions.assumeTrue(REQUIRED, missing.getMessage());
            throw missing;
        }
    }
}
