package dev.basin.dispatch;

import dev.basin.DataType;
import dev.basin.kernel.Dimension;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import java.util.ArrayList;
import java.util.List;

/** How the length of a tensor argument follows from the sizes in a call. */
final class TensorShape {
    private static final int NONE = -1;

    private final TensorArgument argument;
    private final int slot;
    private final boolean optional;
    private final boolean written;
    private final int[] dimensionSlots;
    private final long[] dimensionConstants;
    private final int strideSlot;
    private final int typeSlot;
    private final DataType fixedType;
    private final int labelsSlot;
    private final int ignoreSlot;
    private final boolean cutByRange;
    private final int indicesSlot;
    private final int indexedRowsSlot;

    TensorShape(KernelDeclaration declaration, TensorArgument argument) {
        this.argument = argument;
        this.slot = argument.slot();
        this.optional = argument.optional();
        this.written = argument.isWritten();
        List<String> shape = argument.shape();
        this.dimensionSlots = new int[shape.size()];
        this.dimensionConstants = new long[shape.size()];
        for (int i = 0; i < shape.size(); i++) {
            Dimension dimension = Dimension.parse(shape.get(i));
            dimensionSlots[i] = dimension.extent().isEmpty() ? NONE : extentSlot(declaration, dimension.extent());
            dimensionConstants[i] = dimension.constant();
        }
        this.cutByRange = shape.getFirst().equals(declaration.end().dimension());
        this.strideSlot = argument.stride().isEmpty() ? NONE : declaration.argument(argument.stride()).slot();
        this.fixedType = switch (argument.type()) {
            case "i32" -> DataType.I32;
            case "f64" -> DataType.F64;
            default -> DataType.F32;
        };
        boolean isFixed = List.of("f32", "f64", "i32").contains(argument.type());
        this.typeSlot = isFixed ? NONE : declaration.argument(argument.type()).slot();
        this.labelsSlot = argument.labelsBelow().isEmpty() ? NONE : extentSlot(declaration, argument.labelsBelow());
        this.indicesSlot = argument.rowsFrom().isEmpty() ? NONE : declaration.argument(argument.rowsFrom()).slot();
        this.indexedRowsSlot = indicesSlot == NONE ? NONE : indexedRows(declaration, argument.rowsFrom());
        this.ignoreSlot = argument.labelsIgnore().isEmpty() ? NONE : declaration.argument(argument.labelsIgnore()).slot();
    }

    private static int extentSlot(KernelDeclaration declaration, String dimension) {
        return declaration.end().dimension().equals(dimension)
                ? declaration.end().slot()
                : declaration.argument(dimension).slot();
    }

    private static int indexedRows(KernelDeclaration declaration, String indices) {
        return declaration.argument(indices) instanceof TensorArgument vector
                ? extentSlot(declaration, vector.shape().getFirst())
                : NONE;
    }

    TensorArgument argument() {
        return argument;
    }

    int slot() {
        return slot;
    }

    boolean isOptional() {
        return optional;
    }

    boolean isWritten() {
        return written;
    }

    /** Whether another tensor says which of its rows are touched. */
    boolean isTable() {
        return indicesSlot != NONE;
    }

    /** Whether the outermost dimension is the one that the range cuts. */
    boolean isCutByRange() {
        return cutByRange;
    }

    long dimension(int index, Call call) {
        return dimensionConstants[index] + (dimensionSlots[index] == NONE ? 0 : call.integers[dimensionSlots[index]]);
    }

    long typeCode(Call call) {
        return typeSlot == NONE ? fixedType.code() : call.integers[typeSlot];
    }

    DataType type(Call call) {
        return DataType.ofCode((int) typeCode(call));
    }

    /** Elements from row to row: the last dimension where no stride is declared. */
    long stride(Call call) {
        return strideSlot == NONE ? dimension(dimensionSlots.length - 1, call) : call.integers[strideSlot];
    }

    /** Bytes from the start of one index of the outermost dimension to the next. */
    long outermostBytes(Call call) {
        long elements = dimensionSlots.length == 1 ? 1 : stride(call);
        for (int i = 1; i < dimensionSlots.length - 1; i++) {
            elements *= dimension(i, call);
        }
        return elements * type(call).byteSize();
    }

    /** Bytes from the first to the last element, both included. */
    long bytes(Call call) {
        long columns = dimension(dimensionSlots.length - 1, call);
        long stride = stride(call);
        if (stride < columns) {
            throw new IllegalArgumentException(argument.stride() + " must be at least the " + columns + " elements of a row of "
                    + argument.name() + ", got " + stride);
        }
        long rows = 1;
        for (int i = 0; i < dimensionSlots.length - 1; i++) {
            rows = product(rows, dimension(i, call), call);
        }
        if (rows == 0 || columns == 0) {
            return 0;
        }
        long span = product(rows - 1, stride, call) + columns;
        return span < 0 ? overflow(call) : product(span, type(call).byteSize(), call);
    }

    /** Bytes that the kernel touches of the tensor's: those of some rows where other rows are left alone. */
    long touchedBytes(Call call, long bytes) {
        return indicesSlot == NONE ? bytes : Math.min(bytes, call.integers[indexedRowsSlot] * columnBytes(call));
    }

    /** Refuses a table with fewer rows than are touched where no tensor numbers them. */
    void checkRows(Call call) {
        boolean isNumbered = indicesSlot == NONE || call.bytes[indicesSlot] > 0;
        if (!isNumbered && call.bytes[argument.slot()] > 0 && dimension(0, call) < call.integers[indexedRowsSlot]) {
            throw new IllegalArgumentException(argument.shape().getFirst() + " must be at least "
                    + call.integers[indexedRowsSlot] + ", a row for each, without " + argument.rowsFrom() + ", got "
                    + dimension(0, call));
        }
    }

    private long columnBytes(Call call) {
        return dimension(dimensionSlots.length - 1, call) * type(call).byteSize();
    }

    long labelsBelow(Call call) {
        return call.integers[labelsSlot];
    }

    boolean isIgnored(int label, Call call) {
        return ignoreSlot != NONE && label == call.integers[ignoreSlot];
    }

    String orIgnored(Call call) {
        return ignoreSlot == NONE ? "" : ", or the ignore index " + call.integers[ignoreSlot];
    }

    /** Such as {@code "f32 [rows=8, classes=10] with a row stride of 12"}. */
    String describe(Call call) {
        List<String> sizes = new ArrayList<>();
        for (int i = 0; i < dimensionSlots.length; i++) {
            sizes.add(argument.shape().get(i) + "=" + dimension(i, call));
        }
        String stride = strideSlot == NONE ? "" : " with a row stride of " + stride(call);
        return type(call).label() + " " + sizes + stride;
    }

    private long product(long a, long b, Call call) {
        return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? overflow(call) : a * b;
    }

    private long overflow(Call call) {
        throw new IllegalArgumentException(
                argument.name() + " would be larger than memory can be: " + describe(call));
    }
}
