package dev.basin.binding;

import dev.basin.BackendException;
import dev.basin.Candidate;
import dev.basin.fallback.JavaBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which backends there are, and which one to use. */
public final class Backends {
    private static final System.Logger LOGGER = System.getLogger(Backends.class.getName());

    /** In the order in which {@code auto} tries them. */
    private static final List<Entry> ENTRIES = List.of(
            new Entry("panama", PanamaBackend::load),
            new Entry("javacpp", JavacppBackend::load),
            new Entry("java", JavaBackend::fast));

    /** Only where it is asked for: trainers that hold host memory would pay for copies. */
    private static final Entry CUDA = new Entry(CudaBackend.NAME, CudaBackend::load);

    private static final Entry REFERENCE = new Entry("reference", JavaBackend::reference);

    private Backends() {}

    /** A backend and those that were tried before it. */
    public record Selection(Backend backend, List<Candidate> candidates) {}

    private record Entry(String name, Loader loader) {}

    @FunctionalInterface
    private interface Loader {
        Backend load() throws BackendUnavailableException;
    }

    /**
     * The backend of a name, or for {@code auto} the first that loads.
     *
     * @throws BackendException if the one named cannot be used
     */
    public static Selection select(String name) {
        return select(name, 0);
    }

    /** @param cudaStream where the {@code cuda} backend launches kernels */
    public static Selection select(String name, long cudaStream) {
        return name.equals("auto") ? selectAutomatically() : selectNamed(name, cudaStream);
    }

    /** Tries each. */
    public static List<Candidate> probe() {
        return Stream.concat(ENTRIES.stream(), Stream.of(CUDA)).map(Backends::tried).toList();
    }

    private static Candidate tried(Entry entry) {
        try {
            return available(entry.loader().load());
        } catch (BackendUnavailableException e) {
            return new Candidate(entry.name(), false, e.getMessage());
        }
    }

    private static Selection selectAutomatically() {
        List<Candidate> candidates = new ArrayList<>();
        for (Entry entry : ENTRIES) {
            try {
                Backend backend = entry.loader().load();
                candidates.add(available(backend));
                return new Selection(backend, List.copyOf(candidates));
            } catch (BackendUnavailableException e) {
                LOGGER.log(System.Logger.Level.INFO, "backend {0} is not used: {1}", entry.name(), e.getMessage());
                candidates.add(new Candidate(entry.name(), false, e.getMessage()));
            }
        }
        throw new IllegalStateException("the java backend always loads");
    }

    private static Selection selectNamed(String name, long cudaStream) {
        List<Entry> all = new ArrayList<>(ENTRIES);
        all.add(new Entry(CUDA.name(), () -> CudaBackend.load(cudaStream)));
        all.add(REFERENCE);
        for (Entry entry : all) {
            if (entry.name().equals(name)) {
                try {
                    Backend backend = entry.loader().load();
                    return new Selection(backend, List.of(available(backend)));
                } catch (BackendUnavailableException e) {
                    throw new BackendException("backend " + name + " cannot be used: " + e.getMessage(), e);
                }
            }
        }
        throw new IllegalArgumentException(
                "backend must be auto or one of " + all.stream().map(Entry::name).toList() + ", got " + name);
    }

    private static Candidate available(Backend backend) {
        return new Candidate(backend.name(), true, backend.isa() + ", " + backend.origin());
    }
}
