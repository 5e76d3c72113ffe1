package dev.basin.spec;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.Traffic;
import dev.basin.matrix.Rows;
import dev.basin.trajectory.LogitRing;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** One evaluation of a spec: hands a {@link Computation} its inputs as tensors, and gathers its outputs as values. */
public final class Evaluation implements AutoCloseable {
    private final Basin basin;
    private final Spec spec;
    private final Layout layout;
    private final Map<String, List<Value>> inputs;
    private final Map<String, Object> parameters;
    private final Arena arena;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, Value> scalars = new LinkedHashMap<>();
    private final List<LogitRing> owned = new ArrayList<>();
    private final List<Measurable> measurables = new ArrayList<>();
    private final boolean gathers;

    Evaluation(
            Basin basin, Spec spec, Layout layout, Map<String, List<Value>> inputs, Map<String, Object> parameters, Arena arena,
            boolean gathers) {
        this.basin = basin;
        this.spec = spec;
        this.layout = layout;
        this.inputs = inputs;
        this.parameters = parameters;
        this.arena = arena;
        this.gathers = gathers;
    }

    public Basin basin() {
        return basin;
    }

    /** Does what a benchmark of this kernel times, which must not depend on being the first. */
    public void measure(Runnable action) {
        measure("", action);
    }

    /** The same for one of several parts, each with a name. */
    public void measure(String part, Runnable action) {
        if (gathers) {
            List<Traffic.Moved> moved = basin.traffic().of(action);
            if (!basin.hasDevice() || !moved.isEmpty()) {
                measurables.add(new Measurable(part, basin.repeatable(action, arena), moved));
            }
        } else {
            action.run();
        }
    }

    /** What a benchmark times and the computation does otherwise; not done where nothing is timed. */
    public void measureBeside(String part, Runnable action) {
        if (gathers) {
            measure(part, action);
        }
    }

    /** The same where it has a result, which is that of the first time. */
    public double measured(DoubleSupplier action) {
        double[] result = {Double.NaN};
        measure(() -> result[0] = action.getAsDouble());
        return result[0];
    }

    /** A ring that lives as long as this. */
    public LogitRing owned(LogitRing ring) {
        owned.add(ring);
        return ring;
    }

    /** Closes what it owns. */
    @Override
    public void close() {
        owned.forEach(LogitRing::close);
    }

    List<Measurable> measurables() {
        return List.copyOf(measurables);
    }

    /** Whether an input was given. */
    public boolean has(String input) {
        return inputs.containsKey(input);
    }

    /** An input, in the case's layout; each call makes a copy of its own, which the kernel may overwrite. */
    public Tensor tensor(String input) {
        return store(spec.input(input), single(input));
    }

    /** An input, or null where it is absent. */
    public @Nullable Tensor optional(String input) {
        return has(input) ? tensor(input) : null;
    }

    /** An input that is a list of tensors. */
    public List<Tensor> tensors(String input) {
        List<Tensor> list = new ArrayList<>();
        for (Value value : values(input)) {
            list.add(store(spec.input(input), value));
        }
        return list;
    }

    /** The parts of an input along its first dimension, as tensors of one dimension less. */
    public List<Tensor> parts(String input) {
        Value whole = single(input);
        long[] shape = java.util.Arrays.copyOfRange(whole.shape(), 1, whole.shape().length);
        int size = Math.toIntExact(Value.sizeOf(shape));
        List<Tensor> list = new ArrayList<>();
        for (int i = 0; i < whole.shape()[0]; i++) {
            double[] part = java.util.Arrays.copyOfRange(whole.data(), i * size, (i + 1) * size);
            list.add(store(spec.input(input), new Value(whole.kind(), shape, part)));
        }
        return list;
    }

    public double real(String parameter) {
        return (Double) parameters.get(parameter);
    }

    public int integer(String parameter) {
        return Math.toIntExact((Long) parameters.get(parameter));
    }

    public boolean flag(String parameter) {
        return (Boolean) parameters.get(parameter);
    }

    /** The named parts of a parameter that is an object. */
    public Map<?, ?> object(String parameter) {
        return (Map<?, ?>) parameters.get(parameter);
    }

    public String word(String parameter) {
        return (String) parameters.get(parameter);
    }

    /** A new output in the case's layout, full of values that a kernel must overwrite. */
    public Tensor output(String name, long... shape) {
        Field field = spec.output(name);
        Tensor tensor = allocate(layout.typeOf(field), shape);
        double[] unwritten = new double[Math.toIntExact(tensor.size())];
        java.util.Arrays.fill(unwritten, field.kind() == Kind.REAL ? Double.NaN : -12345);
        Rows.storeAll(tensor, unwritten);
        tensors.put(name, tensor);
        return tensor;
    }

    /** Room for what an output is worked out from, stored as the output is. */
    public Tensor scratch(String output, long... shape) {
        return allocate(layout.typeOf(spec.output(output)), shape);
    }

    /** The dimensions of an input. */
    public long[] shape(String input) {
        return single(input).shape().clone();
    }

    /** The output that may be written over {@code input}: the input itself where the case says so. */
    public Tensor outputOver(Tensor input, String name) {
        if (layout.inPlace()) {
            tensors.put(name, input);
            return input;
        }
        return output(name, input.shape());
    }

    /** Says that a tensor which the computation updates is an output. */
    public void result(String name, Tensor updated) {
        tensors.put(name, updated);
    }

    public void result(String name, double scalar) {
        scalars.put(name, Value.scalar(scalar));
    }

    Tensor outputTensor(String name) {
        return tensors.get(name);
    }

    Map<String, Value> outputs() {
        Map<String, Value> all = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> all.put(name, read(spec.output(name), tensor)));
        all.putAll(scalars);
        return all;
    }

    private Tensor store(Field field, Value value) {
        Tensor tensor = allocate(layout.typeOf(field), value.shape());
        Rows.storeAll(tensor, value.data());
        return tensor;
    }

    private Tensor allocate(DataType type, long[] shape) {
        boolean padded = shape.length >= 2 && layout.rowPadding() > 0;
        long columns = shape.length == 0 ? 1 : shape[shape.length - 1];
        long stride = padded ? columns + layout.rowPadding() : columns;
        long rows = columns == 0 ? 0 : Value.sizeOf(shape) / columns;
        Tensor tensor = Tensor.of(memory(type, rows * stride), type, shape);
        return padded ? tensor.withRowStride(stride) : tensor;
    }

    private MemorySegment memory(DataType type, long elements) {
        int count = Math.toIntExact(elements);
        if (layout.memory() != Layout.Memory.HEAP) {
            return arena.allocate(elements * type.byteSize(), 64);
        }
        return switch (type) {
            case F32 -> MemorySegment.ofArray(new float[count]);
            case F64 -> MemorySegment.ofArray(new double[count]);
            case BF16, F16 -> MemorySegment.ofArray(new short[count]);
            case I32 -> MemorySegment.ofArray(new int[count]);
        };
    }

    private Value single(String input) {
        List<Value> values = values(input);
        if (values.size() != 1) {
            throw new IllegalArgumentException("input " + input + " must be one tensor, got a list of " + values.size());
        }
        return values.getFirst();
    }

    private List<Value> values(String input) {
        List<Value> values = inputs.get(input);
        if (values == null) {
            throw new IllegalArgumentException("input " + input + " is missing");
        }
        return values;
    }

    private static Value read(Field field, Tensor tensor) {
        return new Value(field.kind(), tensor.shape(), Rows.loadAll(tensor));
    }
}
