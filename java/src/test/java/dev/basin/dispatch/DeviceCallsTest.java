package dev.basin.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.basin.binding.Device;
import dev.basin.kernel.InOut;
import dev.basin.kernel.Input;
import dev.basin.kernel.Operations;
import dev.basin.kernel.RangeBegin;
import dev.basin.kernel.RangeEnd;
import dev.basin.kernel.TableKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls made again over a device's memory, which is the host's here. */
class DeviceCallsTest {
    /** A kernel of which two calls share their tensors. */
    interface Adder {
        @Operations(perElement = 1, of = "values")
        void add(
                @InOut(shape = "elements", type = "f32") MemorySegment values,
                @Input(shape = "elements", type = "i32") MemorySegment steps,
                @RangeBegin long begin,
                @RangeEnd("elements") long end);
    }

    private final List<float[]> results = new ArrayList<>();
    private final Adder adder = (values, steps, begin, end) -> {
        for (long i = begin; i < end; i++) {
            float sum = values.getAtIndex(ValueLayout.JAVA_FLOAT, i) + steps.getAtIndex(ValueLayout.JAVA_INT, i);
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, sum);
        }
        results.add(values.asSlice(0, 4 * end).toArray(ValueLayout.JAVA_FLOAT));
    };

    @Test
    void aCallFindsWhatTheOneBeforeLeftAndIntegersAsTheyWere() {
        Traffic traffic = new Traffic();
        Device device = new HostAsDevice();
        Adder front = Front.family(
                Adder.class, new Target(adder, true, false, device, false, traffic), Team.of(1), 0, new Lifetime());
        float[] values = {10, 20};
        int[] steps = {0, 0};
        try (Arena arena = Arena.ofShared()) {
            Runnable again = traffic.callsOnDevice(() -> {
                for (int step : new int[] {1, 5}) {
                    Arrays.fill(steps, step);
                    front.add(MemorySegment.ofArray(values), MemorySegment.ofArray(steps), 0, 2);
                }
            }, device, arena);
            assertArrayEquals(new float[] {16, 26}, values);
            results.clear();
            again.run();
            again.run();
        }
        assertEquals(List.of("[11.0, 21.0]", "[16.0, 26.0]", "[17.0, 27.0]", "[22.0, 32.0]"),
                results.stream().map(Arrays::toString).toList());
        assertArrayEquals(new float[] {16, 26}, values);
    }

    /** A device that reaches no memory of the host without a copy. */
    private static final class HostAsDevice implements Device {
        @Override
        public boolean holds(MemorySegment memory) {
            return false;
        }

        @Override
        public MemorySegment allocate(Arena arena, long bytes) {
            return arena.allocate(bytes, 64);
        }

        @Override
        public void clear(MemorySegment memory) {
            memory.fill((byte) 0);
        }

        @Override
        public TableKernels tables() {
            throw new UnsupportedOperationException("calls of kernels alone are made again");
        }

        @Override
        public void copyIn(MemorySegment from, long offset, MemorySegment to, long bytes) {
            MemorySegment.copy(from, offset, to, 0, bytes);
        }

        @Override
        public void copyOut(MemorySegment from, MemorySegment to, long offset, long bytes) {
            MemorySegment.copy(from, 0, to, offset, bytes);
        }

        @Override
        public double nanos(Runnable action) {
            action.run();
            return 0;
        }

        @Override
        public void checkErrors() {}
    }
}
