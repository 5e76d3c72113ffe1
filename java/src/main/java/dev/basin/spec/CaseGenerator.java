package dev.basin.spec;

import dev.basin.DataType;
import dev.basin.kernel.Dimension;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Draws the random cases of a spec and its hard ones. A case depends on the seed and its own id, not on other cases. */
public final class CaseGenerator {
    private static final int RANDOM_CASES = 20;
    private static final int LONGEST_ODD_TAIL = 70;
    private static final int MOST_IN_A_LIST = 4;
    private static final int LONG_ROW = 5 * 1024 + 17;
    private static final int LONG_ROWS = 3;
    /** As f32 more than {@code Basin} leaves to one thread. */
    private static final int PARALLEL_ELEMENTS = 300_000;
    private static final int PARALLEL_COLUMNS = 999;

    private final Spec spec;
    private final long seed;
    private final Predicate<String> wanted;
    private final String firstDimension;
    private final String lastDimension;

    public CaseGenerator(Spec spec, long seed) {
        this(spec, seed, id -> true);
    }

    /** @param wanted which cases to draw, by their id */
    public CaseGenerator(Spec spec, long seed, Predicate<String> wanted) {
        this.spec = spec;
        this.wanted = wanted;
        this.seed = seed;
        List<String> dimensions =
                spec.inputs().getFirst().dimensions().stream().filter(name -> !name.equals("...")).toList();
        this.firstDimension = dimensions.getFirst();
        this.lastDimension = dimensions.getLast();
    }

    /** Every case that is wanted: random ones in each storage type that the spec takes, then each hard case that applies. */
    public List<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < RANDOM_CASES; i++) {
            add("random-" + i, Layout.of(DataType.F32), Map.of(), cases);
        }
        if (spec.takes(DataType.F16)) {
            for (int i = 0; i < RANDOM_CASES; i++) {
                add("random-f16-" + i, Layout.of(DataType.F16).withInPlace(i % 2 == 1), Map.of(), cases);
            }
        }
        if (spec.takes(DataType.BF16)) {
            for (int i = 0; i < RANDOM_CASES; i++) {
                add("random-bf16-" + i, Layout.of(DataType.BF16).withInPlace(i % 2 == 1), Map.of(), cases);
            }
        }
        for (HardCase hardCase : HardCase.values()) {
            if (spec.hardCases().contains(hardCase)) {
                addHardCases(hardCase, cases);
            }
        }
        return cases;
    }

    /**
     * A case of these very sizes with the parameters' initial values and without optional inputs.
     *
     * @param tensors how many tensors lists have
     */
    public Case sized(Map<String, Integer> sizes, int tensors, Layout layout) {
        RandomGenerator random = random("sized");
        Map<String, List<Value>> inputs = new LinkedHashMap<>();
        for (Field field : spec.inputs()) {
            if (!field.optional()) {
                List<Value> values = new ArrayList<>();
                for (int i = 0; i < (field.list() ? tensors : 1); i++) {
                    values.add(fill(field, sizes, random));
                }
                inputs.put(field.name(), values);
            }
        }
        return spec.fitting().apply(new Case("sized", layout, inputs, Map.of()));
    }

    private void addHardCases(HardCase hardCase, List<Case> cases) {
        String id = hardCase.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        Layout plain = Layout.of(DataType.F32);
        switch (hardCase) {
            case ONE_COLUMN -> add(id, plain, Map.of(lastDimension, 1), cases);
            case EMPTY -> add(id, plain, Map.of(firstDimension, 0), cases);
            case LONG_ROW -> addEachType(id, plain, longRows(), cases);
            case ODD_TAILS -> {
                int shortest = Math.max(1, spec.sizes().get(lastDimension).min());
                for (int length = shortest; length <= LONGEST_ODD_TAIL; length++) {
                    addEachType(id + "-" + length, plain, Map.of(lastDimension, length), cases);
                }
            }
            case STRIDED -> addEachType(id, plain.withRowPadding(3), Map.of(), cases);
            case IN_PLACE -> {
                addEachType(id, plain.withInPlace(true), Map.of(), cases);
                addEachType(id + "-long-row", plain.withInPlace(true), longRows(), cases);
                addEachType(id + "-strided", plain.withInPlace(true).withRowPadding(5), Map.of(), cases);
            }
            case HEAP -> addEachType(id, plain.withMemory(Layout.Memory.HEAP), Map.of(), cases);
            case CONFINED -> add(id, plain.withMemory(Layout.Memory.CONFINED), parallelSizes(), cases);
            case PARALLEL -> {
                add(id, plain, parallelSizes(), cases);
                add(id + "-heap", plain.withMemory(Layout.Memory.HEAP), parallelSizes(), cases);
            }
            case TIES, SATURATED, NEGATIVE_INFINITY, POSITIVE_INFINITY, NAN_ROW, NEGATIVE_INFINITY_ROW -> {
                addStressed(id, hardCase, plain, Map.of(), cases);
                if (spec.hardCases().contains(HardCase.LONG_ROW)) {
                    addStressed(id + "-long-row", hardCase, plain, longRows(), cases);
                }
                addStressed(id + "-in-place", hardCase, plain.withInPlace(true), Map.of(), cases);
            }
        }
    }

    private Map<String, Integer> longRows() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        sizes.put(firstDimension, LONG_ROWS);
        sizes.put(lastDimension, LONG_ROW);
        return sizes;
    }

    private Map<String, Integer> parallelSizes() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        spec.sizes().forEach((dimension, range) -> sizes.put(dimension, range.min()));
        boolean isVector = firstDimension.equals(lastDimension);
        sizes.put(lastDimension, isVector ? PARALLEL_ELEMENTS : PARALLEL_COLUMNS);
        if (!isVector) {
            sizes.put(firstDimension, PARALLEL_ELEMENTS / PARALLEL_COLUMNS);
        }
        return sizes;
    }

    private void addEachType(String id, Layout layout, Map<String, Integer> sizes, List<Case> cases) {
        add(id, layout, sizes, cases);
        for (DataType half : List.of(DataType.BF16, DataType.F16)) {
            if (spec.takes(half)) {
                add(id + "-" + half.label(), layout.withType(half), sizes, cases);
            }
        }
    }

    private void addStressed(String id, HardCase hardCase, Layout layout, Map<String, Integer> sizes, List<Case> cases) {
        List<Case> drawn = new ArrayList<>();
        addEachType(id, layout, sizes, drawn);
        for (Case each : drawn) {
            Value stressed = each.inputs().get(spec.stressed()).getFirst();
            HardValues.fill(hardCase, stressed, random(each.id() + "!"));
            cases.add(each);
        }
    }

    private void add(String id, Layout layout, Map<String, Integer> sizes, List<Case> cases) {
        if (wanted.test(id)) {
            cases.add(draw(id, layout, sizes));
        }
    }

    private Case draw(String id, Layout layout, Map<String, Integer> fixedSizes) {
        RandomGenerator random = random(id);
        Map<String, Integer> sizes = drawSizes(random);
        sizes.putAll(fixedSizes);
        Map<String, List<Value>> inputs = new LinkedHashMap<>();
        List<Map<String, Integer>> sizesInLists = sizesInLists(sizes, random);
        for (Field field : spec.inputs()) {
            if (!field.optional() || random.nextBoolean()) {
                List<Map<String, Integer>> each = !field.list()
                        ? List.of(sizes)
                        : field.isMask() ? java.util.Collections.nCopies(sizesInLists.size(), sizes) : sizesInLists;
                inputs.put(field.name(), each.stream().map(one -> fill(field, one, random)).toList());
            }
        }
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (Parameter parameter : spec.parameters()) {
            parameters.put(parameter.name(), parameter.samples().get(random.nextInt(parameter.samples().size())));
        }
        return spec.fitting().apply(new Case(id, layout, inputs, parameters));
    }

    /** For each tensor of a list: the first has the case's own sizes, the rest sizes of their own; one for all else. */
    private List<Map<String, Integer>> sizesInLists(Map<String, Integer> sizes, RandomGenerator random) {
        List<Map<String, Integer>> each = new ArrayList<>(List.of(sizes));
        if (spec.inputs().stream().anyMatch(Field::list)) {
            for (int more = random.nextInt(MOST_IN_A_LIST); more > 0; more--) {
                each.add(drawSizes(random));
            }
        }
        return each;
    }

    private Map<String, Integer> drawSizes(RandomGenerator random) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        spec.sizes().entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry ->
                sizes.put(entry.getKey(), random.nextInt(entry.getValue().min(), entry.getValue().max() + 1)));
        return sizes;
    }

    private static Value fill(Field field, Map<String, Integer> sizes, RandomGenerator random) {
        long[] shape = field.dimensions().stream()
                .filter(name -> !name.equals("..."))
                .map(Dimension::parse)
                .mapToLong(dimension -> (dimension.extent().isEmpty() ? 0 : sizes.get(dimension.extent())) + dimension.constant())
                .toArray();
        double[] data = new double[Math.toIntExact(Value.sizeOf(shape))];
        field.sampler().fill(random, sizes::get, data);
        return new Value(field.kind(), shape, data);
    }

    private RandomGenerator random(String id) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + (spec.name() + "/" + id).hashCode());
    }
}
