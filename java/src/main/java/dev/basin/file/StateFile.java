package dev.basin.file;

import dev.basin.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What goes on with its tensors and counts where another stopped: an optimizer, an average, a layer with a state of its own. */
public final class StateFile {
    private static final String KIND = "kind";

    private final Path file;
    private final TensorFile saved;

    private StateFile(Path file, TensorFile saved) {
        this.file = file;
        this.saved = saved;
    }

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
     * Reads a file, once for all that is asked of it.
     *
     * @throws IOException if the file is damaged or of another state, with the reason
     */
    public static StateFile read(Path file, String kind) throws IOException {
        StateFile state = new StateFile(file, TensorFile.read(file));
        String found = state.saved.metadata().get(KIND);
        if (!kind.equals(found)) {
            throw state.refused("it must be the state of " + kind + ", got " + (found == null ? "something else" : found));
        }
        return state;
    }

    /**
     * A count that was saved.
     *
     * @throws IOException if there is none of that name, with the reason
     */
    public long count(String name) throws IOException {
        String count = saved.metadata().getOrDefault(name, "");
        if (!count.matches("\\d{1,18}")) {
            throw refused(name + " must be a whole number, got '" + count + "'");
        }
        return Long.parseLong(count);
    }

    /**
     * Copies the saved tensors into those of a state.
     *
     * @throws IOException if they are others, with the reason; nothing has changed then
     */
    public void fill(Map<String, Tensor> state) throws IOException {
        requireFit(state);
        state.forEach((name, tensor) -> tensor.copyFrom(saved.tensors().get(name)));
    }

    private void requireFit(Map<String, Tensor> state) throws IOException {
        if (!saved.tensors().keySet().equals(state.keySet())) {
            throw refused("it must have the tensors " + state.keySet() + ", got " + saved.tensors().keySet());
        }
        for (Map.Entry<String, Tensor> wanted : state.entrySet()) {
            Tensor tensor = saved.tensors().get(wanted.getKey());
            if (tensor.type() != wanted.getValue().type() || !tensor.hasShapeOf(wanted.getValue())) {
                throw refused(wanted.getKey() + " must be " + wanted.getValue() + ", got " + tensor);
            }
        }
    }

    private IOException refused(String reason) {
        return new IOException(file + " cannot be loaded: " + reason);
    }
}
