package dev.basin.dispatch;

import dev.basin.DataType;
import dev.basin.binding.Device;
import dev.basin.kernel.KernelArgument.Access;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls of kernels that an action made, to be made again over a device's memory, in their order and as often as is wanted:
 * what a benchmark of a device times, without what Java does and copies between the calls.
 *
 * <p>A tensor that several calls work on is one in the device's memory too, so that each finds what the one before left there.
 * Integers are copied for each call: they say where a kernel reads, and Java may have put others at the same place meanwhile.
 */
final class DeviceCalls implements Runnable {
    private final Device device;
    private final Arena arena;
    private final List<Noted> calls = new ArrayList<>();
    private final Map<Place, MemorySegment> tensors = new HashMap<>();

    /** @param arena what the device's memory is freed with */
    DeviceCalls(Device device, Arena arena) {
        this.device = device;
        this.arena = arena;
    }

    private record Noted(Call call, long begin, long end) {}

    /** Where a tensor of the host lies. */
    private record Place(@Nullable Object base, long address, long bytes) {}

    /** Notes a call that has been checked and is not made yet. */
    void add(KernelDeclaration declaration, Call call) {
        Call repeated = call.withoutMemory(declaration);
        System.arraycopy(call.segments, 0, repeated.segments, 0, call.segments.length);
        Map<Place, MemorySegment> integers = new HashMap<>();
        for (TensorArgument tensor : declaration.arguments(TensorArgument.class)) {
            boolean isInteger = new TensorShape(declaration, tensor).type(call) == DataType.I32;
            enter(tensor, call, repeated, isInteger ? integers : tensors);
        }
        calls.add(new Noted(
                repeated, call.integers[declaration.begin().slot()], call.integers[declaration.end().slot()]));
    }

    private void enter(TensorArgument tensor, Call call, Call repeated, Map<Place, MemorySegment> known) {
        int slot = tensor.slot();
        MemorySegment original = call.segments[slot];
        if (original == null || call.onDevice[slot] || call.bytes[slot] == 0 && call.bases[slot] == null) {
            return;
        }
        Place place = new Place(call.bases[slot], call.addresses[slot], call.bytes[slot]);
        MemorySegment there = known.get(place);
        if (there == null) {
            there = device.allocate(arena, Math.max(1, place.bytes()));
            known.put(place, there);
            if (tensor.access() != Access.WRITE) {
                device.copyIn(original, 0, there, place.bytes());
            }
        }
        repeated.segments[slot] = there;
    }

    @Override
    public void run() {
        for (Noted noted : calls) {
            noted.call().run(noted.begin(), noted.end());
        }
        device.checkErrors();
    }
}
