package dev.basin.dispatch;

import dev.basin.DataType;
import dev.basin.kernel.KernelArgument;
import dev.basin.kernel.KernelArgument.TensorArgument;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;

/** Makes one argument of a {@link RandomCall} what its declaration does not allow. */
final class Damage {
    private Damage() {}

    /** Changes the arguments, and says how. */
    static String apply(RandomCall call, Object[] arguments, RandomGenerator random) {
        String what = "";
        while (what.isEmpty()) {
            int position = random.nextInt(arguments.length);
            what = apply(call, position, arguments, random);
        }
        return what;
    }

    private static String apply(RandomCall call, int position, Object[] arguments, RandomGenerator random) {
        KernelArgument argument = call.declaration.arguments().get(position);
        Object wrong = switch (argument) {
            case KernelArgument.Storage _ -> random.nextBoolean() ? (Object) (-1 - random.nextInt(9)) : (Object) DataType.I32.code();
            case KernelArgument.Size size -> size.min() - 1 - random.nextLong(1L << 40);
            case KernelArgument.Begin _, KernelArgument.End _ -> -1 - random.nextLong(1L << 40);
            case KernelArgument.Real real -> real(real.interval(), random);
            case KernelArgument.Whole whole -> whole(call, whole);
            case TensorArgument tensor -> tensor(call, tensor, (MemorySegment) arguments[position], random);
        };
        if (wrong == KEPT) {
            return "";
        }
        arguments[position] = wrong;
        return argument.name() + " = " + wrong;
    }

    private static final Object KEPT = new Object();

    private static Object real(KernelArgument.Interval interval, RandomGenerator random) {
        double wrong = switch (random.nextInt(4)) {
            case 0 -> Double.NaN;
            case 1 -> Double.POSITIVE_INFINITY;
            case 2 -> interval.max() + 1;
            default -> interval.min() - 1;
        };
        return interval.contains(wrong) && Double.isFinite(wrong) ? Double.NaN : wrong;
    }

    private static Object whole(RandomCall call, KernelArgument.Whole whole) {
        for (TensorShape tensor : call.tensors()) {
            if (tensor.argument().stride().equals(whole.name()) && !call.isAbsent(tensor.argument().name())) {
                return tensor.dimension(tensor.argument().shape().size() - 1, call.numbers) - 1;
            }
        }
        double below = whole.interval().min() - 1;
        return Double.isInfinite(below) ? KEPT : whole.isLong() ? (Object) (long) below : (Object) (int) below;
    }

    private static Object tensor(RandomCall call, TensorArgument tensor, MemorySegment segment, RandomGenerator random) {
        if (segment.address() == 0 && segment.isNative() || segment.byteSize() == 0) {
            return random.nextInt(4) == 0 ? null : KEPT;
        }
        return switch (random.nextInt(5)) {
            case 0 -> null;
            case 1 -> segment.asSlice(0, random.nextLong(segment.byteSize()));
            case 2 -> closed(segment.byteSize());
            case 3 -> tensor.isWritten() ? segment.asReadOnly() : KEPT;
            default -> wrongLabel(call, tensor, segment, random);
        };
    }

    private static MemorySegment closed(long bytes) {
        try (Arena arena = Arena.ofShared()) {
            return arena.allocate(bytes);
        }
    }

    private static Object wrongLabel(RandomCall call, TensorArgument tensor, MemorySegment segment, RandomGenerator random) {
        if (tensor.labelsBelow().isEmpty()) {
            return KEPT;
        }
        int wrong = random.nextBoolean() ? -1 - random.nextInt(99) : Integer.MAX_VALUE - random.nextInt(1000);
        MemorySegment copy = MemorySegment.ofArray(segment.toArray(ValueLayout.JAVA_INT_UNALIGNED));
        copy.setAtIndex(ValueLayout.JAVA_INT, random.nextLong(copy.byteSize() / Integer.BYTES), wrong);
        return copy;
    }
}
