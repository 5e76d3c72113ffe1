package dev.basin.dispatch;

import dev.basin.kernel.KernelArgument;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A choice of numbers and of optional tensors.
 *
 * @param changesMuch whether it changes more than one argument
 */
record Variant(Map<KernelArgument, Double> numbers, Set<String> absent, boolean changesMuch) {
    static final int IGNORE_INDEX = -1;
    private static final double MOST_VALUES = 8;

    /** All tensors and none that is optional, at several numbers; then each flag and mode, and each tensor left out, by itself. */
    static List<Variant> of(KernelDeclaration declaration) {
        List<String> optional = declaration.arguments(TensorArgument.class).stream()
                .filter(TensorArgument::optional).map(TensorArgument::name).toList();
        List<Variant> variants = new ArrayList<>();
        variants.add(new Variant(numbers(declaration, 0.5), Set.of(), true));
        variants.add(new Variant(numbers(declaration, 0), new HashSet<>(optional), true));
        variants.add(new Variant(numbers(declaration, 0), Set.of(), false));
        variants.add(new Variant(numbers(declaration, 1), Set.of(), false));
        for (String name : optional) {
            variants.add(new Variant(numbers(declaration, 0.5), Set.of(name), false));
        }
        for (KernelArgument.Whole whole : declaration.arguments(KernelArgument.Whole.class)) {
            KernelArgument.Interval interval = whole.interval();
            if (interval.max() - interval.min() <= MOST_VALUES) {
                for (double value = interval.min(); value <= interval.max(); value++) {
                    Map<KernelArgument, Double> numbers = numbers(declaration, 0.5);
                    numbers.put(whole, value);
                    variants.add(new Variant(numbers, Set.of(), false));
                }
            }
        }
        return variants;
    }

    /** Every real as near to a number as it may be. */
    private static Map<KernelArgument, Double> numbers(KernelDeclaration declaration, double wanted) {
        Map<KernelArgument, Double> numbers = new HashMap<>();
        Set<String> ignored = new HashSet<>();
        declaration.arguments(TensorArgument.class).forEach(tensor -> ignored.add(tensor.labelsIgnore()));
        for (KernelArgument argument : declaration.arguments()) {
            if (argument instanceof KernelArgument.Real real) {
                numbers.put(real, real.interval().contains(wanted) ? wanted : real.interval().contains(0.5) ? 0.5 : 1);
            } else if (argument instanceof KernelArgument.Whole whole) {
                double smallest = Math.max(1, whole.interval().min());
                numbers.put(whole, ignored.contains(whole.name()) ? IGNORE_INDEX
                        : whole.interval().contains(smallest) ? smallest : whole.interval().max());
            }
        }
        return numbers;
    }

    void apply(Call call) {
        numbers.forEach((argument, value) -> {
            if (argument instanceof KernelArgument.Real) {
                call.reals[argument.slot()] = value;
            } else {
                call.integers[argument.slot()] = value.longValue();
            }
        });
    }
}
