package dev.basin.dispatch;

import dev.basin.binding.Device;
import dev.basin.kernel.KernelArgument.Access;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.Operations;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What calls have to move through memory, as their declarations say: each tensor once, and twice where it is read and
 * written; and what they have to compute. Notes it while told to, for benchmarks.
 */
public final class Traffic {
    /**
     * What one call moves.
     *
     * @param kernel its name
     * @param updates tensors that are read and written, those among them that an output is written over
     * @param reads tensors that are only read
     * @param writes tensors that are only written
     * @param operations what it has to compute, as {@link Operations} counts
     */
    public record Moved(String kernel, List<Long> updates, List<Long> reads, List<Long> writes, double operations) {
        /** All of it. */
        public long bytes() {
            return 2 * sum(updates) + sum(reads) + sum(writes);
        }

        private static long sum(List<Long> bytes) {
            return bytes.stream().mapToLong(Long::longValue).sum();
        }
    }

    private final List<Moved> moved = new ArrayList<>();
    private @Nullable DeviceCalls deviceCalls;
    private volatile boolean recording;

    /** What the action's calls move; none other may be under way. */
    public List<Moved> of(Runnable action) {
        moved.clear();
        recording = true;
        try {
            action.run();
        } finally {
            recording = false;
        }
        return List.copyOf(moved);
    }

    /** The action's calls, to be made again over memory of the device that is the arena's; none other may be under way. */
    public Runnable callsOnDevice(Runnable action, Device device, Arena arena) {
        DeviceCalls calls = new DeviceCalls(device, arena);
        deviceCalls = calls;
        try {
            of(action);
        } finally {
            deviceCalls = null;
        }
        return calls;
    }

    public boolean isRecording() {
        return recording;
    }

    /** Notes a call that has been checked. */
    void add(KernelDeclaration declaration, Call call) {
        List<Long> updates = new ArrayList<>();
        List<Long> reads = new ArrayList<>();
        List<Long> writes = new ArrayList<>();
        List<TensorArgument> tensors = declaration.arguments(TensorArgument.class);
        for (TensorArgument tensor : tensors) {
            long bytes = call.touched[tensor.slot()];
            if (bytes == 0 || isCovered(tensor, tensors, call)) {
                continue;
            }
            boolean updated = tensor.access() == Access.UPDATE || isWrittenOver(tensor, tensors, call);
            (updated ? updates : tensor.access() == Access.READ ? reads : writes).add(bytes);
        }
        moved.add(new Moved(declaration.name(), updates, reads, writes, operations(declaration, call)));
        if (deviceCalls != null) {
            deviceCalls.add(declaration, call);
        }
    }

    private static double operations(KernelDeclaration declaration, Call call) {
        Operations operations = declaration.operations();
        TensorArgument counted = (TensorArgument) declaration.argument(operations.of());
        long elementBytes = new TensorShape(declaration, counted).type(call).byteSize();
        return operations.perElement() * (call.touched[counted.slot()] / elementBytes);
    }

    /** Whether an output lies where this input does. */
    private static boolean isWrittenOver(TensorArgument input, List<TensorArgument> tensors, Call call) {
        return input.access() == Access.READ && tensors.stream().anyMatch(other -> other.isWritten() && isSame(input, other, call));
    }

    /** Whether this output lies where an input does, which stands for both. */
    private static boolean isCovered(TensorArgument output, List<TensorArgument> tensors, Call call) {
        return output.access() == Access.WRITE
                && tensors.stream().anyMatch(other -> other.access() == Access.READ && isSame(output, other, call));
    }

    private static boolean isSame(TensorArgument one, TensorArgument other, Call call) {
        return call.touched[other.slot()] > 0 && call.addresses[one.slot()] == call.addresses[other.slot()]
                && call.bases[one.slot()] == call.bases[other.slot()];
    }
}
