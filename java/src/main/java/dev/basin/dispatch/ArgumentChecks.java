package dev.basin.dispatch;

import dev.basin.DataType;
import dev.basin.binding.Device;
import dev.basin.binding.DeviceSegments;
import dev.basin.kernel.KernelArgument;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Refuses calls that a kernel's declaration does not allow, before anything is written. Below it arguments are trusted, so
 * whatever could make native code read or write where it must not is found here.
 */
final class ArgumentChecks {
    private final int beginSlot;
    private final KernelArgument[] scalars;
    private final TensorShape[] tensors;
    private final TensorShape[] tables;
    private final TensorShape[] labels;
    private final Written[] written;
    private final boolean everyType;
    private final @Nullable Device device;

    /**
     * @param everyType whether the backend takes every floating-point type, as the reference does
     * @param device whose memory the backend takes, or null
     */
    ArgumentChecks(KernelDeclaration declaration, boolean everyType, @Nullable Device device) {
        this.device = device;
        this.beginSlot = declaration.begin().slot();
        this.everyType = everyType;
        this.scalars = declaration.arguments().stream()
                .filter(argument -> !(argument instanceof TensorArgument))
                .toArray(KernelArgument[]::new);
        List<TensorArgument> arguments = declaration.arguments(TensorArgument.class);
        this.tensors = arguments.stream()
                .map(argument -> new TensorShape(declaration, argument))
                .toArray(TensorShape[]::new);
        this.tables = Stream.of(tensors).filter(TensorShape::isTable).toArray(TensorShape[]::new);
        this.labels = Stream.of(tensors)
                .filter(tensor -> !tensor.argument().labelsBelow().isEmpty())
                .toArray(TensorShape[]::new);
        this.written = Stream.of(tensors).filter(TensorShape::isWritten).map(this::neighboursOf).toArray(Written[]::new);
    }

    private Written neighboursOf(TensorShape tensor) {
        return new Written(tensor, Stream.of(tensors)
                .filter(other -> !other.isWritten() || other.slot() > tensor.slot())
                .map(other -> new Neighbour(other, other.slot(), tensor.argument().inPlaceOf().contains(other.argument().name())))
                .toArray(Neighbour[]::new));
    }

    /** A tensor that is written to, and the others that it may not overlap. */
    private record Written(TensorShape tensor, Neighbour[] neighbours) {}

    /** One of those, which it may be the same as or not. */
    private record Neighbour(TensorShape tensor, int slot, boolean mayBeSame) {}

    /** Checks a call and notes in it where its tensors are and how long. */
    void check(Call call) {
        if (!call.hasCheckedNumbers()) {
            for (KernelArgument scalar : scalars) {
                checkScalar(scalar, call);
            }
            call.rememberNumbers();
        }
        for (TensorShape tensor : tensors) {
            checkTensor(tensor, call);
        }
        for (TensorShape table : tables) {
            table.checkRows(call);
        }
        for (Written tensor : written) {
            checkOverlaps(tensor, call);
        }
        for (TensorShape tensor : labels) {
            // Those on a device the kernel looks at.
            if (!call.onDevice[tensor.slot()]) {
                checkLabels(tensor, call);
            }
        }
    }

    private void checkScalar(KernelArgument scalar, Call call) {
        switch (scalar) {
            case KernelArgument.Storage storage -> checkType(storage, call.integers[storage.slot()]);
            case KernelArgument.Size size -> {
                if (call.integers[size.slot()] < size.min()) {
                    refuse(size.name(), "be at least " + size.min(), call.integers[size.slot()]);
                }
            }
            case KernelArgument.Begin begin -> {
                if (call.integers[begin.slot()] < 0) {
                    refuse(begin.name(), "be at least 0", call.integers[begin.slot()]);
                }
            }
            case KernelArgument.End end -> {
                long from = call.integers[beginSlot];
                if (call.integers[end.slot()] < from) {
                    refuse(end.name(), "be at least " + from + ", where the range begins", call.integers[end.slot()]);
                }
            }
            case KernelArgument.Whole whole -> {
                if (!whole.interval().contains(call.integers[whole.slot()])) {
                    refuse(whole.name(), "be " + whole.interval(), call.integers[whole.slot()]);
                }
            }
            case KernelArgument.Real real -> {
                double value = call.reals[real.slot()];
                if (!Double.isFinite(value) || !real.interval().contains(value)) {
                    String interval = real.interval().toString();
                    refuse(real.name(), interval.isEmpty() ? "be finite" : "be finite and " + interval, value);
                }
            }
            case TensorArgument tensor -> throw new AssertionError(tensor);
        }
    }

    private void checkType(KernelArgument.Storage storage, long code) {
        if (code < 0 || code > DataType.F64.code()) {
            refuse(storage.name(), "be the code of a floating-point type, 0 to " + DataType.F64.code(), code);
        }
        DataType type = DataType.ofCode((int) code);
        if (!everyType && !storage.allowed().contains(type)) {
            refuse(storage.name(), "be one of " + storage.allowed(), type);
        }
    }

    private void checkTensor(TensorShape tensor, Call call) {
        int slot = tensor.slot();
        MemorySegment segment = call.segments[slot];
        if (segment == null) {
            throw new IllegalArgumentException(tensor.argument().name() + " must not be null");
        }
        call.bytes[slot] = 0;
        call.touched[slot] = 0;
        call.bases[slot] = null;
        boolean isNative = segment == MemorySegment.NULL || segment.isNative();
        boolean absent = segment == MemorySegment.NULL || isNative && segment.address() == 0;
        if (absent && tensor.isOptional()) {
            return;
        }
        long needed = neededBytes(tensor, call);
        if (absent && needed > 0) {
            throw new IllegalArgumentException(tensor.argument().name() + " must be given, got a null address");
        }
        if (segment.byteSize() < needed) {
            throw new IllegalArgumentException(tensor.argument().name() + " holds " + segment.byteSize() + " bytes but "
                    + tensor.describe(call) + " needs " + needed);
        }
        boolean isMarked = device != null && DeviceSegments.isOnDevice(segment);
        if (!isMarked) {
            checkAccess(tensor, segment);
        }
        call.bytes[slot] = needed;
        call.touched[slot] = call.neededTouched[slot];
        call.addresses[slot] = segment.address();
        if (!isNative) {
            call.bases[slot] = baseOf(segment);
        }
        call.onDevice[slot] = isMarked || device != null && needed > 0 && device.holds(segment);
        if (call.onDevice[slot] && segment.address() % tensor.type(call).byteSize() != 0) {
            refuse(tensor.argument().name(), "begin at a multiple of its elements' size on a device", "0x"
                    + Long.toHexString(segment.address()));
        }
    }

    private static long neededBytes(TensorShape tensor, Call call) {
        long known = call.neededBytes[tensor.slot()];
        if (known >= 0) {
            return known;
        }
        long needed = tensor.bytes(call);
        call.neededTouched[tensor.slot()] = tensor.touchedBytes(call, needed);
        call.neededBytes[tensor.slot()] = needed;
        return needed;
    }

    private static void checkAccess(TensorShape tensor, MemorySegment segment) {
        if (!segment.scope().isAlive()) {
            throw new IllegalArgumentException(tensor.argument().name() + " must be alive, but its arena is closed");
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            if (DeviceSegments.isOnDevice(segment)) {
                throw new IllegalArgumentException(tensor.argument().name()
                        + " must be in the memory of the host for this backend, but it is in a device's");
            }
            throw new IllegalArgumentException(tensor.argument().name()
                    + " must belong to the calling thread or be shared, but its arena belongs to another thread");
        }
        if (tensor.isWritten() && segment.isReadOnly()) {
            throw new IllegalArgumentException(tensor.argument().name() + " is written to, but it is read-only");
        }
    }

    /** The array, or for one that cannot be written, which hides its array, the segment itself. */
    private static Object baseOf(MemorySegment segment) {
        return segment.heapBase().orElse(segment);
    }

    private static void checkOverlaps(Written written, Call call) {
        TensorShape tensor = written.tensor();
        if (call.bytes[tensor.slot()] == 0) {
            return;
        }
        for (Neighbour other : written.neighbours()) {
            if (overlap(tensor.slot(), other.slot(), call) && !isSame(tensor, other, call)) {
                throw new IllegalArgumentException(tensor.argument().name() + " overlaps " + other.tensor().argument().name()
                        + ", and it may only " + allowance(tensor));
            }
        }
    }

    private static String allowance(TensorShape written) {
        List<String> inPlaceOf = written.argument().inPlaceOf();
        return inPlaceOf.isEmpty()
                ? "be memory of its own"
                : "be memory of its own or exactly " + String.join(" or ", inPlaceOf)
                        + ", with the same address, type and stride";
    }

    private static boolean overlap(int a, int b, Call call) {
        if (call.bytes[b] == 0) {
            return false;
        }
        if (call.bases[a] != call.bases[b]) {
            return hidesOverlap(call, a, b);
        }
        return call.addresses[a] < call.addresses[b] + call.bytes[b] && call.addresses[b] < call.addresses[a] + call.bytes[a];
    }

    /** One of different bases overlaps the other only if it hides its array. */
    private static boolean hidesOverlap(Call call, int a, int b) {
        MemorySegment first = call.segments[a];
        MemorySegment second = call.segments[b];
        boolean hidden = call.bases[a] == first || call.bases[b] == second;
        return hidden && first.asOverlappingSlice(second).isPresent();
    }

    private static boolean isSame(TensorShape written, Neighbour other, Call call) {
        return other.mayBeSame()
                && call.addresses[written.slot()] == call.addresses[other.slot()]
                && written.typeCode(call) == other.tensor().typeCode(call)
                && written.stride(call) == other.tensor().stride(call);
    }

    private static void checkLabels(TensorShape tensor, Call call) {
        MemorySegment labels = call.segments[tensor.argument().slot()];
        long classes = tensor.labelsBelow(call);
        long count = call.bytes[tensor.argument().slot()] / Integer.BYTES;
        for (long i = 0; i < count; i++) {
            int label = labels.get(ValueLayout.JAVA_INT_UNALIGNED, i * Integer.BYTES);
            if ((label < 0 || label >= classes) && !tensor.isIgnored(label, call)) {
                throw new IllegalArgumentException(tensor.argument().name() + " must be at least 0 and below " + classes
                        + tensor.orIgnored(call) + ", got " + label + " in row " + i);
            }
        }
    }

    private static void refuse(String name, String needed, Object got) {
        throw new IllegalArgumentException(name + " must " + needed + ", got " + got);
    }
}
