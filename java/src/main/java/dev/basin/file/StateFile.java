package dev.basin.file;

import dev.basin.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What goes on with its tensors and counts where another stopped: an optimizer, an average, a layer with a state of its own. */
public final class StateFile {
    private static final String KIND = "kind";

    private StateFile() {}

    /**
     * Writes a file, or changes nothing.
     *
     * @param kind what the state is of
     * @param counts numbers of at least 0
     */
    public static void save(Path file, String kind, Map<String, Long> counts, Map<String, Tensor> state) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(KIND, kind);
        counts.forEach((name, count) -> metadata.put(name, Long.toString(count)));
        TensorFile.write(file, metadata, state);
    }

    /**
     * Reads the counts of a state.
     *
     * @throws IOException if the file is damaged or of another state, with the reason
     */
    public static Map<String, Long> counts(Path file, String kind, Set<String> names) throws IOException {
        TensorFile saved = TensorFile.read(file);
        return refusing(file, () -> {
            requireKind(saved, kind);
            return counts(saved, names);
        });
    }

    /**
     * Fills a state.
     *
     * @throws IOException if the file is damaged or of another state, with the reason; nothing has changed then
     */
    public static void load(Path file, String kind, Map<String, Tensor> state) throws IOException {
        TensorFile saved = TensorFile.read(file);
        refusing(file, () -> {
            requireKind(saved, kind);
            requireFit(saved, state);
            return saved;
        });
        state.forEach((name, tensor) -> tensor.copyFrom(saved.tensors().get(name)));
    }

    private interface Look<T> {
        T take() throws DamagedFileException;
    }

    private static <T> T refusing(Path file, Look<T> look) throws IOException {
        try {
            return look.take();
        } catch (DamagedFileException misfit) {
            throw new IOException(file + " cannot be loaded: " + misfit.getMessage(), misfit);
        }
    }

    private static void requireKind(TensorFile saved, String kind) throws DamagedFileException {
        String found = saved.metadata().get(KIND);
        if (!kind.equals(found)) {
            throw new DamagedFileException("it must be the state of " + kind + ", got " + (found == null ? "something else" : found));
        }
    }

    private static void requireFit(TensorFile saved, Map<String, Tensor> state) throws DamagedFileException {
        if (!saved.tensors().keySet().equals(state.keySet())) {
            throw new DamagedFileException("it must have the tensors " + state.keySet() + ", got " + saved.tensors().keySet());
        }
        for (Map.Entry<String, Tensor> wanted : state.entrySet()) {
            Tensor tensor = saved.tensors().get(wanted.getKey());
            if (tensor.type() != wanted.getValue().type() || !tensor.hasShapeOf(wanted.getValue())) {
                throw new DamagedFileException(wanted.getKey() + " must be " + wanted.getValue() + ", got " + tensor);
            }
        }
    }

    private static Map<String, Long> counts(TensorFile saved, Set<String> names) throws DamagedFileException {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String name : names) {
            String count = saved.metadata().getOrDefault(name, "");
            if (!count.matches("\\d{1,18}")) {
                throw new DamagedFileException(name + " must be a whole number, got '" + count + "'");
            }
            counts.put(name, Long.parseLong(count));
        }
        return counts;
    }
}
