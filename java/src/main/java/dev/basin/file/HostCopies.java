package dev.basin.file;

import dev.basin.Basin;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** A state as a file sees it: tensors on a device by copies of them in the host's memory. */
public final class HostCopies {
    private final Basin basin;
    private final Map<String, Tensor> originals;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private HostCopies(Basin basin, Map<String, Tensor> originals) {
        this.basin = basin;
        this.originals = originals;
        originals.forEach((name, tensor) -> tensors.put(name, basin.isOnDevice(tensor.memory())
                ? Tensor.allocate(Arena.ofAuto(), tensor.type(), tensor.shape())
                : tensor));
    }

    /** Copies those on the device of a basin; the others stand for themselves. */
    public static HostCopies of(Basin basin, Map<String, Tensor> originals) {
        HostCopies copies = toFill(basin, originals);
        copies.forEachCopy((original, copy) -> basin.copyToHost(original.memory(), copy.memory(), copy.memory().byteSize()));
        return copies;
    }

    /** The same with zeros in the copies, which a file fills. */
    public static HostCopies toFill(Basin basin, Map<String, Tensor> originals) {
        return new HostCopies(basin, originals);
    }

    /** The tensors by name, all in the host's memory. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** Brings what the copies hold now to the device. */
    public void copyBack() {
        forEachCopy((original, copy) -> basin.copyToDevice(copy.memory(), original.memory(), copy.memory().byteSize()));
    }

    private void forEachCopy(BiConsumer<Tensor, Tensor> action) {
        tensors.forEach((name, copy) -> {
            Tensor original = originals.get(name);
            if (copy != original) {
                action.accept(original, copy);
            }
        });
    }
}
