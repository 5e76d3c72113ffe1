package dev.basin.file;

import dev.basin.Basin;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;

/** A state as a file sees it: tensors on a device by copies of them in the host's memory. */
public final class HostCopies {
    private final Basin basin;
    private final Map<String, Tensor> originals;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private HostCopies(Basin basin, Map<String, Tensor> originals) {
        this.basin = basin;
        this.originals = originals;
        originals.forEach((name, tensor) -> tensors.put(name, copied(tensor)));
    }

    /** Copies those on the device of a basin; the others stand for themselves. */
    public static HostCopies of(Basin basin, Map<String, Tensor> originals) {
        return new HostCopies(basin, originals);
    }

    private Tensor copied(Tensor tensor) {
        if (!basin.isOnDevice(tensor.memory())) {
            return tensor;
        }
        Tensor copy = Tensor.allocate(Arena.ofAuto(), tensor.type(), tensor.shape());
        basin.copyToHost(tensor.memory(), copy.memory(), copy.memory().byteSize());
        return copy;
    }

    /** The tensors by name, all in the host's memory. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** Brings what the copies hold now to the device. */
    public void copyBack() {
        tensors.forEach((name, copy) -> {
            Tensor original = originals.get(name);
            if (copy != original) {
                basin.copyToDevice(copy.memory(), original.memory(), copy.memory().byteSize());
            }
        });
    }
}
