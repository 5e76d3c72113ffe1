package dev.basin.dispatch;

import dev.basin.DataType;
import dev.basin.kernel.Dimension;
import dev.basin.kernel.KernelArgument;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** A small call that a kernel's declaration allows, made from the declaration, with room around each tensor to see misuse. */
final class SampleCall {
    static final long RANGE = 3;
    static final long EXTENT = 5;
    private static final long STRIDE = EXTENT + 2;
    private static final int MARGIN = 64;
    private static final byte CANARY = 0x5A;

    private final KernelDeclaration declaration;
    private final Object[] values;
    private final Map<String, MemorySegment> blocks = new LinkedHashMap<>();
    private final Map<String, Long> lengths = new HashMap<>();

    SampleCall(KernelDeclaration declaration, Arena arena) {
        this.declaration = declaration;
        this.values = new Object[declaration.arguments().size()];
        for (KernelArgument argument : declaration.arguments()) {
            if (!(argument instanceof TensorArgument)) {
                set(argument.name(), scalar(argument));
            }
        }
        for (TensorArgument tensor : declaration.arguments(TensorArgument.class)) {
            allocate(tensor, arena);
        }
    }

    Object get(String argument) {
        return values[declaration.position(argument)];
    }

    MemorySegment segment(String argument) {
        return (MemorySegment) get(argument);
    }

    void set(String argument, Object value) {
        values[declaration.position(argument)] = value;
    }

    /** Runs the kernel; what it throws is thrown. */
    void invoke(Object family) throws Throwable {
        try {
            declaration.method().invoke(family, values);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Every byte of every tensor and of the room around it. */
    Map<String, byte[]> snapshot() {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        blocks.forEach((name, block) -> bytes.put(name, block.toArray(ValueLayout.JAVA_BYTE)));
        return bytes;
    }

    /** Whether what lies before and after a tensor is as it was. */
    boolean isMarginIntact(String tensor) {
        MemorySegment block = blocks.get(tensor);
        long length = lengths.get(tensor);
        for (long i = 0; i < block.byteSize(); i++) {
            boolean inside = i >= MARGIN && i < MARGIN + length;
            if (!inside && block.get(ValueLayout.JAVA_BYTE, i) != CANARY) {
                return false;
            }
        }
        return true;
    }

    /** The smallest distance between rows that the tensors which name it as their stride allow. */
    long smallestStride(String stride) {
        return declaration.arguments(TensorArgument.class).stream()
                .filter(tensor -> tensor.stride().equals(stride))
                .mapToLong(tensor -> size(tensor.shape().getLast()))
                .max().orElseThrow();
    }

    DataType type(TensorArgument tensor) {
        return switch (tensor.type()) {
            case "i32" -> DataType.I32;
            case "f32" -> DataType.F32;
            case "f64" -> DataType.F64;
            default -> DataType.ofCode((Integer) get(tensor.type()));
        };
    }

    private void allocate(TensorArgument tensor, Arena arena) {
        DataType type = type(tensor);
        long columns = size(tensor.shape().getLast());
        long rows = 1;
        for (String dimension : tensor.shape().subList(0, tensor.shape().size() - 1)) {
            rows *= size(dimension);
        }
        long stride = tensor.stride().isEmpty() ? columns : STRIDE;
        long elements = (rows - 1) * stride + columns;
        long bytes = elements * type.byteSize();
        MemorySegment block = arena.allocate(bytes + 2 * MARGIN, 64).fill(CANARY);
        MemorySegment segment = block.asSlice(MARGIN, bytes);
        for (long i = 0; i < elements; i++) {
            fill(type, segment, i, tensor.slot(), tensor.access() == KernelArgument.Access.WRITE);
        }
        blocks.put(tensor.name(), block);
        lengths.put(tensor.name(), bytes);
        set(tensor.name(), segment);
    }

    /** Each tensor has numbers of its own, so that a copy of another shows. */
    private static void fill(DataType type, MemorySegment segment, long index, int slot, boolean isOnlyWritten) {
        switch (type) {
            // No index that a kernel may write, where it only writes.
            case I32 -> segment.set(ValueLayout.JAVA_INT_UNALIGNED, index * 4, (int) (index % EXTENT) + (isOnlyWritten ? 1 << 20 : 0));
            case F32 -> segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, index * 4, 0.25f + (index + slot) % 7);
            case BF16, F16 -> segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, index * 2, (short) (0x3F80 + slot));
            case F64 -> segment.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, index * 8, 0.25 + (index + slot) % 7);
        }
    }

    private long size(String dimension) {
        Dimension parsed = Dimension.parse(dimension);
        long extent = parsed.extent().isEmpty() ? 0 : parsed.extent().equals(declaration.end().dimension()) ? RANGE : EXTENT;
        return extent + parsed.constant();
    }

    private Object scalar(KernelArgument argument) {
        return switch (argument) {
            case KernelArgument.Storage storage -> storage.allowed().iterator().next().code();
            case KernelArgument.Size size -> EXTENT;
            case KernelArgument.Begin begin -> 0L;
            case KernelArgument.End end -> RANGE;
            case KernelArgument.Real real -> real.interval().contains(0.5) ? 0.5
                    : real.interval().contains(1) ? 1.0 : real.interval().min() + 0.5;
            case KernelArgument.Whole whole -> whole(whole);
            case TensorArgument tensor -> throw new IllegalArgumentException(tensor.name());
        };
    }

    private Object whole(KernelArgument.Whole whole) {
        boolean isStride = declaration.arguments(TensorArgument.class).stream()
                .anyMatch(tensor -> tensor.stride().equals(whole.name()));
        long value = isStride ? STRIDE : whole.interval().contains(1) ? 1 : (long) whole.interval().min();
        return whole.isLong() ? (Object) value : (Object) (int) value;
    }
}
