package dev.basin.kernel;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One parameter of a kernel. Its slot numbers it among the kernel's parameters of the same Java kind: integers ({@code int}
 * and {@code long}), reals ({@code double}) and segments.
 */
public sealed interface KernelArgument {
    String name();

    int slot();

    /** The storage type of the tensors that name it. */
    record Storage(String name, int slot, Set<DataType> allowed) implements KernelArgument {}

    /** A dimension. */
    record Size(String name, int slot, long min) implements KernelArgument {}

    /** Where the range begins. */
    record Begin(String name, int slot) implements KernelArgument {}

    /** Where the range of {@code dimension} ends. */
    record End(String name, int slot, String dimension) implements KernelArgument {}

    /** An integer; strides are among them. */
    record Whole(String name, int slot, boolean isLong, Interval interval) implements KernelArgument {}

    /** A real number. */
    record Real(String name, int slot, Interval interval) implements KernelArgument {}

    /** Memory. */
    record TensorArgument(
            String name, int slot, Access access, List<String> shape, String type, String stride, boolean optional,
            List<String> inPlaceOf, String labelsBelow, String labelsIgnore, String rowsFrom)
            implements KernelArgument {
        /** Whether the kernel writes to it. */
        public boolean isWritten() {
            return access != Access.READ;
        }
    }

    /** What a kernel does with a tensor. */
    enum Access {
        READ,
        WRITE,
        UPDATE
    }

    /** The numbers allowed. */
    record Interval(double min, double max, boolean aboveMin, boolean belowMax) {
        static final Interval ALL = new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, false, false);

        public boolean contains(double value) {
            return (aboveMin ? value > min : value >= min) && (belowMax ? value < max : value <= max);
        }

        /** Such as {@code "at least 0 and below 1"}. */
        @Override
        public String toString() {
            String low = min == Double.NEGATIVE_INFINITY ? "" : (aboveMin ? "above " : "at least ") + number(min);
            String high = max == Double.POSITIVE_INFINITY ? "" : (belowMax ? "below " : "at most ") + number(max);
            return low.isEmpty() || high.isEmpty() ? low + high : low + " and " + high;
        }

        private static String number(double value) {
            return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
        }
    }

    /** Reads a parameter's annotations. */
    static KernelArgument read(java.lang.reflect.Parameter parameter, KernelDeclaration.Slots slots) {
        String name = parameter.getName();
        Class<?> type = parameter.getType();
        if (type == MemorySegment.class) {
            return readTensor(parameter, slots.nextSegment());
        }
        if (type == double.class) {
            return new Real(name, slots.nextReal(), interval(parameter));
        }
        int slot = slots.nextInteger();
        if (parameter.getAnnotation(StorageTypes.class) instanceof StorageTypes types) {
            return new Storage(name, slot, EnumSet.copyOf(Arrays.asList(types.value())));
        }
        if (parameter.getAnnotation(Extent.class) instanceof Extent extent) {
            return new Size(name, slot, extent.min());
        }
        if (parameter.isAnnotationPresent(RangeBegin.class)) {
            return new Begin(name, slot);
        }
        if (parameter.getAnnotation(RangeEnd.class) instanceof RangeEnd end) {
            return new End(name, slot, end.value());
        }
        return new Whole(name, slot, type == long.class, interval(parameter));
    }

    private static TensorArgument readTensor(java.lang.reflect.Parameter parameter, int slot) {
        Labels labels = parameter.getAnnotation(Labels.class);
        String below = labels == null ? "" : labels.below();
        String ignore = labels == null ? "" : labels.ignore();
        RowsFrom indices = parameter.getAnnotation(RowsFrom.class);
        String rowsFrom = indices == null ? "" : indices.value();
        if (parameter.getAnnotation(Input.class) instanceof Input input) {
            return new TensorArgument(parameter.getName(), slot, Access.READ, List.of(input.shape()), input.type(),
                    input.stride(), input.optional(), List.of(), below, ignore, rowsFrom);
        }
        if (parameter.getAnnotation(Output.class) instanceof Output output) {
            return new TensorArgument(parameter.getName(), slot, Access.WRITE, List.of(output.shape()), output.type(),
                    output.stride(), output.optional(), List.of(output.inPlaceOf()), below, ignore, rowsFrom);
        }
        if (parameter.getAnnotation(InOut.class) instanceof InOut inOut) {
            return new TensorArgument(parameter.getName(), slot, Access.UPDATE, List.of(inOut.shape()), inOut.type(),
                    inOut.stride(), inOut.optional(), List.of(), below, ignore, rowsFrom);
        }
        throw new IllegalStateException(parameter.getDeclaringExecutable() + ": " + parameter.getName()
                + " must be an @Input, an @Output or an @InOut");
    }

    private static Interval interval(java.lang.reflect.Parameter parameter) {
        Range range = parameter.getAnnotation(Range.class);
        return range == null ? Interval.ALL : new Interval(range.min(), range.max(), range.aboveMin(), range.belowMax());
    }
}
