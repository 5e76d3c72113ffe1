package dev.basin.spec;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.kernel.Dimension;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What is said of a kernel once: see the package.
 *
 * @param name the evaluation's name
 * @param page the catalogue page that defines it
 * @param title one line for tables
 * @param sizes the range of each dimension in random cases
 * @param stressed the input that hard cases fill
 * @param hardCases those that apply
 * @param discontinuous whether outputs jump where an input crosses a threshold (a sign, say), so that a backend may fall on
 *     the other side of a jump that the reference makes within rounding of the same input
 * @param fitting what is done to a case that was drawn, where its parameters say what its inputs must be
 */
public record Spec(
        String name,
        String page,
        String title,
        List<Field> inputs,
        List<Parameter> parameters,
        List<Field> outputs,
        Map<String, SizeRange> sizes,
        String stressed,
        Set<HardCase> hardCases,
        Tolerance tolerance,
        boolean discontinuous,
        UnaryOperator<Case> fitting,
        Computation computation) {

    /** The smallest and largest size of a dimension in random cases. */
    public record SizeRange(int min, int max) {}

    /** Starts the description of a kernel. */
    public static Builder named(String name, String page, String title) {
        return new Builder(name, page, title);
    }

    /** Runs the kernel; an input is a list because some are lists of tensors. Refuses what the declaration does not allow. */
    public Map<String, Value> evaluate(
            Basin basin, Layout layout, Map<String, List<Value>> given, Map<String, ?> parameters) {
        try (Arena arena = layout.memory() == Layout.Memory.CONFINED ? Arena.ofConfined() : Arena.ofShared();
                Evaluation evaluation = evaluation(basin, layout, given, parameters, arena, false)) {
            computation.run(evaluation);
            return evaluation.outputs();
        }
    }

    /** Runs the kernel once and keeps what of it can be timed. */
    public Prepared prepare(Basin basin, Case prepared) {
        Arena arena = Arena.ofShared();
        Evaluation evaluation =
                evaluation(basin, prepared.layout(), prepared.inputs(), prepared.parameters(), arena, true);
        computation.run(evaluation);
        return new Prepared(evaluation.measurables(), () -> {
            evaluation.close();
            arena.close();
        });
    }

    private Evaluation evaluation(
            Basin basin, Layout layout, Map<String, List<Value>> given, Map<String, ?> parameters, Arena arena, boolean gathers) {
        checkInputs(given);
        return new Evaluation(basin, this, layout, given, checkParameters(parameters), arena, gathers);
    }

    /** Whether any input or output may be stored as a type of 16 bits. */
    public boolean takes(DataType half) {
        return Stream.concat(inputs.stream(), outputs.stream()).anyMatch(field -> field.takes(half));
    }

    /** The input of a name. */
    public Field input(String name) {
        return find(inputs, name, "input");
    }

    /** The output of a name. */
    public Field output(String name) {
        return find(outputs, name, "output");
    }

    private Field find(List<Field> fields, String wanted, String what) {
        for (Field field : fields) {
            if (field.name().equals(wanted) || field.list() && wanted.matches(field.name() + "\\d+")) {
                return field;
            }
        }
        throw new IllegalArgumentException(
                what + " of " + name + " must be one of " + fields.stream().map(Field::name).toList() + ", got " + wanted);
    }

    private void checkInputs(Map<String, List<Value>> given) {
        given.keySet().forEach(this::input);
        Map<String, Long> bound = new LinkedHashMap<>();
        for (Field field : inputs) {
            List<Value> values = given.get(field.name());
            if (values == null) {
                if (!field.optional()) {
                    throw new IllegalArgumentException("input " + field.name() + " is missing");
                }
                continue;
            }
            values.forEach(value -> checkShape(field, value, bound));
        }
    }

    private static void checkShape(Field field, Value value, Map<String, Long> bound) {
        if (field.list()) {
            return;
        }
        List<String> dimensions = field.dimensions();
        boolean open = dimensions.contains("...");
        if (open ? value.shape().length < dimensions.size() - 1 : value.shape().length != dimensions.size()) {
            throw new IllegalArgumentException("input " + field.name() + " must have the shape " + dimensions + ", got "
                    + java.util.Arrays.toString(value.shape()));
        }
        for (int i = 0; i < dimensions.size() && !dimensions.get(i).equals("..."); i++) {
            Dimension dimension = Dimension.parse(dimensions.get(i));
            long extent = value.shape()[i] - dimension.constant();
            Long before = bound.putIfAbsent(dimension.extent(), extent);
            if (before != null && before != extent) {
                throw new IllegalArgumentException("input " + field.name() + " must have " + (before + dimension.constant()) + " "
                        + dimensions.get(i) + " as the inputs before it, got " + value.shape()[i]);
            }
        }
    }

    private Map<String, Object> checkParameters(Map<String, ?> given) {
        Map<String, Object> checked = new LinkedHashMap<>();
        List<String> names = parameters.stream().map(Parameter::name).toList();
        for (String name : given.keySet()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("parameter of " + this.name + " must be one of " + names + ", got " + name);
            }
        }
        for (Parameter parameter : parameters) {
            Object value = given.get(parameter.name());
            checked.put(parameter.name(), value == null ? parameter.initial() : parameter.checked(value));
        }
        return checked;
    }

    /** Gathers a spec; each method returns the builder. */
    public static final class Builder {
        private final String name;
        private final String page;
        private final String title;
        private final List<Field> inputs = new ArrayList<>();
        private final List<Parameter> parameters = new ArrayList<>();
        private final List<Field> outputs = new ArrayList<>();
        private final Map<String, SizeRange> sizes = new LinkedHashMap<>();
        private String stressed = "";
        private final Set<HardCase> hardCases = EnumSet.allOf(HardCase.class);
        private Tolerance tolerance = Tolerance.usual();
        private boolean discontinuous;
        private UnaryOperator<Case> fitting = UnaryOperator.identity();

        private Builder(String name, String page, String title) {
            this.name = name;
            this.page = page;
            this.title = title;
        }

        /** Real numbers; {@code "..."} among the dimensions stands for any number of further ones. */
        public Builder input(String name, Sampler sampler, String... dimensions) {
            inputs.add(new Field(name, Kind.REAL, List.of(dimensions), false, false, false, sampler));
            return this;
        }

        public Builder optionalInput(String name, Sampler sampler, String... dimensions) {
            inputs.add(new Field(name, Kind.REAL, List.of(dimensions), false, true, false, sampler));
            return this;
        }

        /** Real numbers that may be stored as bf16. */
        public Builder halfInput(String name, Sampler sampler, String... dimensions) {
            inputs.add(new Field(name, Kind.REAL, List.of(dimensions), false, false, true, sampler));
            return this;
        }

        /** Real numbers that may be stored as bf16 or f16, as what is kept for later is. */
        public Builder keptInput(String name, Sampler sampler, String... dimensions) {
            inputs.add(new Field(name, Kind.REAL, List.of(dimensions), false, false, Field.Precision.KEPT, sampler));
            return this;
        }

        public Builder keptOutput(String name, String... dimensions) {
            outputs.add(new Field(
                    name, Kind.REAL, List.of(dimensions), false, false, Field.Precision.KEPT, Sampler.uniform(0, 0)));
            return this;
        }

        public Builder integerInput(String name, Sampler sampler, String... dimensions) {
            inputs.add(new Field(name, Kind.INTEGER, List.of(dimensions), false, false, false, sampler));
            return this;
        }

        public Builder optionalIntegerInput(String name, Sampler sampler, String... dimensions) {
            inputs.add(new Field(name, Kind.INTEGER, List.of(dimensions), false, true, false, sampler));
            return this;
        }

        /** A list of tensors, in random cases vectors whose sizes are drawn one by one; lists of one case have as many. */
        public Builder listInput(String name, Sampler sampler, String size) {
            inputs.add(new Field(name, Kind.REAL, List.of(size), true, false, false, sampler));
            return this;
        }

        /** A list of tensors that may be stored as bf16. */
        public Builder halfListInput(String name, Sampler sampler, String size) {
            inputs.add(new Field(name, Kind.REAL, List.of(size), true, false, true, sampler));
            return this;
        }

        /** A list of vectors of integers, in random cases of this size each, which may be a number. */
        public Builder optionalIntegerListInput(String name, Sampler sampler, String size) {
            inputs.add(new Field(name, Kind.INTEGER, List.of(size), true, true, false, sampler));
            return this;
        }

        /** A list of truth values of the elements of another tensor. */
        public Builder maskListInput(String name, String... dimensions) {
            inputs.add(new Field(name, Kind.BOOLEAN, List.of(dimensions), true, false, false, Sampler.coin()));
            return this;
        }

        /** A list of single truth values, one for each tensor of the other lists. */
        public Builder optionalFlagsInput(String name) {
            inputs.add(new Field(name, Kind.BOOLEAN, List.of(), true, true, false, Sampler.coin()));
            return this;
        }

        /** As many tensors as there are, named with their number behind the name. */
        public Builder listOutput(String name) {
            outputs.add(new Field(name, Kind.REAL, List.of("..."), true, false, false, Sampler.uniform(0, 0)));
            return this;
        }

        public Builder halfListOutput(String name) {
            outputs.add(new Field(name, Kind.REAL, List.of("..."), true, false, true, Sampler.uniform(0, 0)));
            return this;
        }

        public Builder parameter(Parameter parameter) {
            parameters.add(parameter);
            return this;
        }

        public Builder output(String name, String... dimensions) {
            outputs.add(new Field(name, Kind.REAL, List.of(dimensions), false, false, false, Sampler.uniform(0, 0)));
            return this;
        }

        public Builder halfOutput(String name, String... dimensions) {
            outputs.add(new Field(name, Kind.REAL, List.of(dimensions), false, false, true, Sampler.uniform(0, 0)));
            return this;
        }

        /** Real numbers stored as bf16 in every layout. */
        public Builder bf16Output(String name, String... dimensions) {
            outputs.add(new Field(
                    name, Kind.REAL, List.of(dimensions), false, false, Field.Precision.HALF, Sampler.uniform(0, 0)));
            return this;
        }

        public Builder integerOutput(String name, String... dimensions) {
            outputs.add(new Field(name, Kind.INTEGER, List.of(dimensions), false, false, false, Sampler.uniform(0, 0)));
            return this;
        }

        public Builder flagsOutput(String name, String... dimensions) {
            outputs.add(new Field(name, Kind.BOOLEAN, List.of(dimensions), false, false, false, Sampler.uniform(0, 0)));
            return this;
        }

        public Builder size(String dimension, int min, int max) {
            sizes.put(dimension, new SizeRange(min, max));
            return this;
        }

        /** Says which input hard cases fill; the first, unless told. */
        public Builder stressing(String input) {
            stressed = input;
            return this;
        }

        /** Leaves hard cases out that cannot apply. */
        public Builder without(HardCase first, HardCase... more) {
            hardCases.removeAll(EnumSet.of(first, more));
            return this;
        }

        public Builder tolerance(double relative, double floor, String reason) {
            tolerance = new Tolerance(relative, floor, reason);
            return this;
        }

        /** Results must equal the reference's to the bit. */
        public Builder exact(String reason) {
            tolerance = Tolerance.exact(reason);
            return this;
        }

        /** Errors measured by the terms that results are sums of, where those are larger. */
        public Builder tolerance(double relative, String reason, Tolerance.TermSize terms) {
            tolerance = new Tolerance(relative, Tolerance.usual().floor(), reason, terms);
            return this;
        }

        public Builder discontinuous() {
            discontinuous = true;
            return this;
        }

        /** Makes a case that was drawn fit its parameters. */
        public Builder fitting(UnaryOperator<Case> change) {
            fitting = change;
            return this;
        }

        public Spec computedBy(Computation computation) {
            return new Spec(name, page, title, List.copyOf(inputs), List.copyOf(parameters), List.copyOf(outputs),
                    Map.copyOf(sizes), stressed.isEmpty() ? inputs.getFirst().name() : stressed, Set.copyOf(hardCases), tolerance, discontinuous, fitting,
                    computation);
        }
    }
}
