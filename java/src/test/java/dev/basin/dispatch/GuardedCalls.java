package dev.basin.dispatch;

import dev.basin.DataType;
import dev.basin.kernel.KernelArgument;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Calls of one kernel with each tensor ending, then beginning, at a page that no one may touch, in every length, storage type
 * and choice of optional tensors that its declaration leaves open. Rows before the range lie in such a page too.
 */
final class GuardedCalls {
    private static final long FEW = 5;
    private static final long ROWS = 3;
    private static final long FEWEST = 2;
    private static final long PADDING = 3;
    private static final long[] LENGTHS =
            LongStream.concat(LongStream.rangeClosed(0, 70), LongStream.of(127, 1023, 1025, 2050)).toArray();
    /** Beyond a block of the squared norm, and many chunks of a row. */
    private static final long LONGEST = 65_537;
    private static final long CAPACITY = 8 << 20;

    private final KernelDeclaration declaration;
    private final CallLog log;
    private final Call call;
    private final TensorShape[] tensors;
    private final GuardedMemory[] memory;
    private final List<KernelArgument.Storage> storages;
    private final List<KernelArgument> dimensions;
    private final boolean strided;
    private long calls;

    GuardedCalls(KernelDeclaration declaration, Object implementation, CallLog log) {
        this.declaration = declaration;
        this.log = log;
        this.call = new Call(declaration, InvokerBinder.bind(declaration, implementation));
        List<TensorArgument> arguments = declaration.arguments(TensorArgument.class);
        this.tensors = arguments.stream().map(argument -> new TensorShape(declaration, argument)).toArray(TensorShape[]::new);
        this.memory = arguments.stream().map(argument -> new GuardedMemory(CAPACITY)).toArray(GuardedMemory[]::new);
        this.storages = declaration.arguments(KernelArgument.Storage.class);
        this.dimensions = new ArrayList<>(declaration.arguments(KernelArgument.Size.class));
        this.dimensions.add(declaration.end());
        this.strided = arguments.stream().anyMatch(argument -> !argument.stride().isEmpty());
    }

    /** Makes all of them and gives their number. */
    long run() {
        log.begin(declaration);
        List<Variant> variants = Variant.of(declaration);
        runTypes(0, variants);
        // Every choice of what a variant changes is seen with the first types; all types with those that change most.
        for (KernelArgument.Storage storage : storages) {
            call.integers[storage.slot()] = storage.allowed().iterator().next().code();
        }
        variants.forEach(this::runLengths);
        return calls;
    }

    private void runTypes(int index, List<Variant> variants) {
        if (index == storages.size()) {
            variants.stream().filter(Variant::changesMuch).forEach(this::runLengths);
            return;
        }
        for (DataType type : storages.get(index).allowed()) {
            call.integers[storages.get(index).slot()] = type.code();
            runTypes(index + 1, variants);
        }
    }

    private void runLengths(Variant variant) {
        variant.apply(call);
        for (KernelArgument dimension : dimensions) {
            for (long length : LENGTHS) {
                runPlaces(variant, dimension, length);
            }
            // The range of a kernel that has other dimensions counts rows, and many rows are as few.
            if (variant.changesMuch() && (dimension != declaration.end() || dimensions.size() == 1)) {
                runPlaces(variant, dimension, LONGEST);
            }
        }
    }

    private void runPlaces(Variant variant, KernelArgument dimension, long length) {
        if (dimension instanceof KernelArgument.Size size && length < size.min()) {
            return;
        }
        for (KernelArgument other : dimensions) {
            call.integers[other.slot()] = other == dimension ? length
                    : length == LONGEST ? FEWEST
                    : other instanceof KernelArgument.End ? ROWS : FEW;
        }
        SampleValues.growTables(declaration, call);
        for (long padding = 0; padding <= (strided ? PADDING : 0); padding += PADDING) {
            setStrides(padding);
            runAt(variant, true, 0);
            runAt(variant, false, 0);
            if (call.integers[declaration.end().slot()] > 0) {
                runAt(variant, false, 1);
            }
        }
    }

    private void setStrides(long padding) {
        for (TensorShape tensor : tensors) {
            TensorArgument argument = tensor.argument();
            if (!argument.stride().isEmpty()) {
                call.integers[declaration.argument(argument.stride()).slot()] =
                        tensor.dimension(argument.shape().size() - 1, call) + padding;
            }
        }
    }

    private void runAt(Variant variant, boolean ending, long begin) {
        call.integers[declaration.begin().slot()] = begin;
        for (int i = 0; i < tensors.length; i++) {
            place(tensors[i], memory[i], variant, ending, begin);
        }
        log.note(call);
        call.run(begin, call.integers[declaration.end().slot()]);
        calls++;
    }

    @SuppressWarnings("restricted") // what lies before the range is not there, and the kernel touches no such row
    private void place(TensorShape tensor, GuardedMemory guarded, Variant variant, boolean ending, long begin) {
        int slot = tensor.argument().slot();
        if (variant.absent().contains(tensor.argument().name())) {
            call.segments[slot] = MemorySegment.NULL;
            call.bytes[slot] = 0;
            return;
        }
        long bytes = tensor.bytes(call);
        long before = tensor.isCutByRange() ? Math.min(bytes, begin * tensor.outermostBytes(call)) : 0;
        MemorySegment mapped = ending ? guarded.ending(bytes - before) : guarded.beginning(bytes - before);
        if (tensor.argument().access() != KernelArgument.Access.WRITE) {
            SampleValues.fill(tensor.type(call), mapped);
        }
        if (!tensor.argument().labelsBelow().isEmpty()) {
            fillLabels(tensor, mapped);
        }
        call.segments[slot] = MemorySegment.ofAddress(mapped.address() - before).reinterpret(bytes);
        call.bytes[slot] = bytes;
    }

    private void fillLabels(TensorShape tensor, MemorySegment labels) {
        long below = tensor.labelsBelow(call);
        for (long i = 0; i < labels.byteSize() / Integer.BYTES; i++) {
            boolean ignored = i % 4 == 3 && tensor.isIgnored(Variant.IGNORE_INDEX, call);
            labels.setAtIndex(ValueLayout.JAVA_INT, i, ignored ? Variant.IGNORE_INDEX : (int) (below - 1 - i % below));
        }
    }
}
