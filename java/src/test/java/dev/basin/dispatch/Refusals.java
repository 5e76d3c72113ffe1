package dev.basin.dispatch;

import dev.basin.DataType;
import dev.basin.kernel.KernelArgument;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Every way in which a call may be wrong, worked out from the kernel's declaration, and what is amiss with how it is met. */
final class Refusals {
    private final KernelDeclaration declaration;
    private final Object family;
    private final boolean everyType;
    private final List<String> complaints = new ArrayList<>();

    private Refusals(KernelDeclaration declaration, Object family, boolean everyType) {
        this.declaration = declaration;
        this.family = family;
        this.everyType = everyType;
    }

    /** Complaints about a kernel; none if it does what it declares and refuses all else. */
    static List<String> complaintsAbout(KernelDeclaration declaration, Object family, boolean everyType) throws Exception {
        Refusals refusals = new Refusals(declaration, family, everyType);
        refusals.checkThatTheDeclarationIsTrue();
        for (KernelArgument argument : declaration.arguments()) {
            refusals.checkArgument(argument);
        }
        return refusals.complaints;
    }

    /** A call that the declaration allows must pass, leave inputs and everything around the tensors alone, and write outputs. */
    private void checkThatTheDeclarationIsTrue() {
        try (Arena arena = Arena.ofConfined()) {
            SampleCall call = new SampleCall(declaration, arena);
            Map<String, byte[]> before = call.snapshot();
            call.invoke(family);
            Map<String, byte[]> after = call.snapshot();
            for (TensorArgument tensor : declaration.arguments(TensorArgument.class)) {
                boolean changed = !Arrays.equals(before.get(tensor.name()), after.get(tensor.name()));
                if (!call.isMarginIntact(tensor.name())) {
                    complaints.add("it writes beyond " + tensor.name());
                } else if (changed != tensor.isWritten()) {
                    complaints.add(tensor.name() + (changed ? " is written to but declared as read" : " is declared as written but is not"));
                }
            }
        } catch (Throwable e) {
            complaints.add("a call that the declaration allows fails: " + e);
        }
    }

    private void checkArgument(KernelArgument argument) throws Exception {
        String name = argument.name();
        switch (argument) {
            case KernelArgument.Storage storage -> {
                expectRefusal(name, -1);
                expectRefusal(name, DataType.I32.code());
                expectRefusal(name, 99);
                for (DataType type : DataType.values()) {
                    if (!everyType && type != DataType.I32 && !storage.allowed().contains(type)) {
                        expectRefusal(name, type.code());
                    }
                }
            }
            case KernelArgument.Size size -> {
                expectRefusal(name, size.min() - 1);
                expectRefusalOfSomeArgument(name, Long.MAX_VALUE / 2);
            }
            case KernelArgument.Begin begin -> expectRefusal(name, -1L);
            case KernelArgument.End end -> {
                expectRefusal(name, -1L);
                expectRefusalOfSomeArgument(name, Long.MAX_VALUE / 2);
                expectRefusalOfSomeArgument(name, Long.MAX_VALUE);
            }
            case KernelArgument.Real real -> refuseNumbers(name, real.interval());
            case KernelArgument.Whole whole -> checkWhole(whole);
            case TensorArgument tensor -> checkTensor(tensor);
        }
    }

    private void refuseNumbers(String name, KernelArgument.Interval interval) throws Exception {
        expectRefusal(name, Double.NaN);
        expectRefusal(name, Double.POSITIVE_INFINITY);
        expectRefusal(name, Double.NEGATIVE_INFINITY);
        if (Double.isFinite(interval.min())) {
            expectRefusal(name, interval.aboveMin() ? interval.min() : Math.nextDown(interval.min()));
        }
        if (Double.isFinite(interval.max())) {
            expectRefusal(name, interval.belowMax() ? interval.max() : Math.nextUp(interval.max()));
        }
    }

    private void checkWhole(KernelArgument.Whole whole) throws Exception {
        boolean isStride = declaration.arguments(TensorArgument.class).stream()
                .anyMatch(tensor -> tensor.stride().equals(whole.name()));
        if (isStride) {
            expectRefusal(whole.name(), "too small", (call, arena) ->
                    call.set(whole.name(), call.smallestStride(whole.name()) - 1));
            expectRefusal(whole.name(), -1L);
            expectRefusalOfSomeArgument(whole.name(), Long.MAX_VALUE);
        } else if (Double.isFinite(whole.interval().min())) {
            long below = (long) whole.interval().min() - 1;
            expectRefusal(whole.name(), whole.isLong() ? (Object) below : (Object) (int) below);
        }
    }

    private void checkTensor(TensorArgument tensor) throws Exception {
        String name = tensor.name();
        expectRefusal(name, "null", (call, arena) -> call.set(name, null));
        if (!tensor.optional()) {
            expectRefusal(name, "a null address", (call, arena) -> call.set(name, MemorySegment.NULL));
        }
        expectRefusal(name, "a byte too few", (call, arena) ->
                call.set(name, call.segment(name).asSlice(0, call.segment(name).byteSize() - 1)));
        expectRefusal(name, "an array a byte too short", (call, arena) ->
                call.set(name, MemorySegment.ofArray(new byte[(int) call.segment(name).byteSize() - 1])));
        expectRefusal(name, "a closed arena", (call, arena) -> call.set(name, closed(call.segment(name).byteSize())));
        try (OtherThread other = new OtherThread()) {
            expectRefusal(name, "another thread's arena", (call, arena) ->
                    call.set(name, other.allocate(call.segment(name).byteSize())));
        }
        if (tensor.isWritten()) {
            expectRefusal(name, "read-only memory", (call, arena) -> call.set(name, call.segment(name).asReadOnly()));
            for (TensorArgument other : declaration.arguments(TensorArgument.class)) {
                if (!other.name().equals(name)) {
                    checkOverlap(tensor, other);
                }
            }
        }
        if (!tensor.labelsBelow().isEmpty()) {
            for (int wrong : new int[] {-1, (int) SampleCall.EXTENT, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                expectRefusal(name, "label " + wrong, (call, arena) ->
                        call.segment(name).set(ValueLayout.JAVA_INT_UNALIGNED, 4, wrong));
            }
        }
    }

    private void checkOverlap(TensorArgument tensor, TensorArgument other) throws Exception {
        String name = tensor.name();
        expectRefusalNamingEither(name, other.name(), "partial overlap", (call, arena) -> overlap(call, name, other.name(), 2));
        if (!tensor.inPlaceOf().contains(other.name()) && !other.inPlaceOf().contains(name)) {
            expectRefusalNamingEither(name, other.name(), "the same memory", (call, arena) ->
                    overlap(call, name, other.name(), 0));
        }
        expectRefusalNamingEither(name, other.name(), "overlap in an array that is hidden", (call, arena) -> {
            byte[] array = new byte[(int) Math.max(call.segment(name).byteSize(), call.segment(other.name()).byteSize()) + 1];
            call.set(name, MemorySegment.ofArray(array).asSlice(1));
            MemorySegment read = MemorySegment.ofArray(array);
            call.set(other.name(), other.isWritten() ? read : read.asReadOnly());
        });
    }

    private static void overlap(SampleCall call, String name, String other, long offset) {
        long needed = Math.max(call.segment(name).byteSize(), call.segment(other).byteSize()) + offset;
        MemorySegment block = Arena.ofAuto().allocate(needed, 64);
        call.set(name, block);
        call.set(other, block.asSlice(offset));
    }

    private static MemorySegment closed(long bytes) {
        try (Arena arena = Arena.ofShared()) {
            return arena.allocate(bytes);
        }
    }

    private void expectRefusal(String name, Object value) throws Exception {
        expectRefusal(name, String.valueOf(value), (call, arena) -> call.set(name, value));
    }

    private void expectRefusal(String name, String what, BiConsumer<SampleCall, Arena> damage) throws Exception {
        expect(List.of(name), name + " = " + what, damage);
    }

    private void expectRefusalNamingEither(String a, String b, String what, BiConsumer<SampleCall, Arena> damage)
            throws Exception {
        expect(List.of(a, b), what + " of " + a + " and " + b, damage);
    }

    /** A size that is too large shows at the first tensor that does not hold it. */
    private void expectRefusalOfSomeArgument(String name, Object value) throws Exception {
        expect(declaration.arguments().stream().map(KernelArgument::name).toList(), name + " = " + value,
                (call, arena) -> call.set(name, value));
    }

    private void expect(List<String> names, String what, BiConsumer<SampleCall, Arena> damage) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            SampleCall call = new SampleCall(declaration, arena);
            damage.accept(call, arena);
            Map<String, byte[]> before = call.snapshot();
            try {
                call.invoke(family);
                complaints.add("it takes " + what);
            } catch (IllegalArgumentException refusal) {
                String message = String.valueOf(refusal.getMessage());
                if (names.stream().noneMatch(message::contains)) {
                    complaints.add("the refusal of " + what + " does not name it: " + message);
                }
            } catch (Throwable other) {
                complaints.add("it meets " + what + " with " + other);
            }
            Map<String, byte[]> after = call.snapshot();
            before.forEach((tensor, bytes) -> {
                if (!Arrays.equals(bytes, after.get(tensor))) {
                    complaints.add("the refusal of " + what + " has changed " + tensor);
                }
            });
        }
    }

    /** Memory confined to a thread that is not this one. */
    private static final class OtherThread implements AutoCloseable {
        private final java.util.concurrent.ExecutorService thread = java.util.concurrent.Executors.newSingleThreadExecutor();
        private final Arena arena;

        OtherThread() throws Exception {
            arena = thread.submit(Arena::ofConfined).get();
        }

        MemorySegment allocate(long bytes) {
            try {
                return thread.submit(() -> arena.allocate(bytes)).get();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() throws Exception {
            thread.submit(arena::close).get();
            thread.shutdown();
        }
    }
}
