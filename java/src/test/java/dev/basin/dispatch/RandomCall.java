package dev.basin.dispatch;

import dev.basin.DataType;
import dev.basin.kernel.KernelArgument;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A call that a kernel's declaration allows, all else drawn by chance, whose arguments can be made several times alike. */
final class RandomCall {
    private static final int IGNORE_INDEX = -100;
    private static final long[] LARGEST = {6, 6, 40, 70, 1100};
    private static final long LARGE = 100;

    final KernelDeclaration declaration;
    /** Numbers by slot; its segments are not used. */
    final Call numbers;
    /** Whether the tensors hold any bits there are, rather than numbers that every formula takes well. */
    final boolean wild;
    private final TensorShape[] tensors;
    private final Map<String, String> aliases = new HashMap<>();
    private final List<String> absent = new ArrayList<>();
    private final boolean heap;
    private final long seed;
    private boolean hasLargeDimension;

    RandomCall(KernelDeclaration declaration, RandomGenerator random) {
        this.declaration = declaration;
        this.wild = random.nextInt(4) == 0;
        this.heap = random.nextBoolean();
        this.seed = random.nextLong();
        this.numbers = new Call(declaration, new Invoker() {
            @Override
            protected void invoke(Call call, long begin, long end) {
                throw new AssertionError("only its numbers are used");
            }
        });
        this.tensors = declaration.arguments(TensorArgument.class).stream()
                .map(argument -> new TensorShape(declaration, argument)).toArray(TensorShape[]::new);
        for (KernelArgument argument : declaration.arguments()) {
            draw(argument, random);
        }
        SampleValues.growTables(declaration, numbers);
        numbers.integers[declaration.begin().slot()] = random.nextLong(numbers.integers[declaration.end().slot()] + 1);
        for (TensorShape tensor : tensors) {
            TensorArgument argument = tensor.argument();
            if (!argument.stride().isEmpty()) {
                long padding = random.nextBoolean() ? 0 : random.nextInt(5);
                setStride(argument, tensor.dimension(argument.shape().size() - 1, numbers) + padding);
            }
            if (argument.optional() && random.nextInt(3) == 0) {
                absent.add(argument.name());
            } else if (!argument.inPlaceOf().isEmpty() && random.nextInt(3) == 0) {
                writeInPlace(argument);
            }
        }
    }

    private void draw(KernelArgument argument, RandomGenerator random) {
        long drawn = LARGEST[random.nextInt(LARGEST.length)];
        long largest = drawn > LARGE && hasLargeDimension ? LARGEST[0] : drawn;
        hasLargeDimension |= largest > LARGE && !(argument instanceof TensorArgument);
        switch (argument) {
            case KernelArgument.Storage storage -> {
                List<DataType> allowed = List.copyOf(storage.allowed());
                numbers.integers[storage.slot()] = allowed.get(random.nextInt(allowed.size())).code();
            }
            case KernelArgument.Size size -> numbers.integers[size.slot()] = random.nextLong(size.min(), largest + 1);
            case KernelArgument.End end -> numbers.integers[end.slot()] = random.nextLong(largest + 1);
            case KernelArgument.Whole whole -> numbers.integers[whole.slot()] = whole(whole, random);
            case KernelArgument.Real real -> numbers.reals[real.slot()] = real(real.interval(), random);
            case KernelArgument.Begin _, TensorArgument _ -> { }
        }
    }

    private long whole(KernelArgument.Whole whole, RandomGenerator random) {
        if (declaration.arguments(TensorArgument.class).stream().anyMatch(t -> t.labelsIgnore().equals(whole.name()))) {
            return IGNORE_INDEX;
        }
        long low = (long) Math.max(0, whole.interval().min());
        return random.nextLong(low, (long) Math.min(low + 4, whole.interval().max()) + 1);
    }

    private static double real(KernelArgument.Interval interval, RandomGenerator random) {
        double low = Math.max(0, interval.min());
        double value = low + random.nextInt(9) / 8.0 * Math.min(2, interval.max() - low);
        return interval.contains(value) ? value : low + 0.5 * Math.min(1, interval.max() - low);
    }

    private void setStride(TensorArgument argument, long stride) {
        numbers.integers[declaration.argument(argument.stride()).slot()] = stride;
    }

    private void writeInPlace(TensorArgument argument) {
        TensorArgument original = (TensorArgument) declaration.argument(argument.inPlaceOf().getFirst());
        boolean typeMatches = declaration.argument(argument.type()) instanceof KernelArgument.Storage storage
                && storage.allowed().contains(DataType.ofCode((int) numbers.integers[declaration.argument(original.type()).slot()]));
        boolean sharesType = declaration.arguments(TensorArgument.class).stream()
                .anyMatch(other -> other != argument && other.type().equals(argument.type()));
        if (typeMatches && !sharesType && !argument.stride().isEmpty() && !original.stride().isEmpty()) {
            numbers.integers[declaration.argument(argument.type()).slot()] =
                    numbers.integers[declaration.argument(original.type()).slot()];
            setStride(argument, numbers.integers[declaration.argument(original.stride()).slot()]);
            aliases.put(argument.name(), original.name());
        }
    }

    TensorShape[] tensors() {
        return tensors;
    }

    boolean isAbsent(String tensor) {
        return absent.contains(tensor);
    }

    boolean isWritten(String tensor) {
        return declaration.arguments(TensorArgument.class).stream()
                .anyMatch(t -> t.isWritten() && (t.name().equals(tensor) || tensor.equals(aliases.get(t.name()))));
    }

    /** Memory for every tensor, filled alike each time. */
    Map<String, RandomTensor> allocate() {
        Map<String, RandomTensor> made = new HashMap<>();
        for (TensorShape tensor : tensors) {
            TensorArgument argument = tensor.argument();
            if (!absent.contains(argument.name()) && !aliases.containsKey(argument.name())) {
                made.put(argument.name(), RandomTensor.of(this, tensor, heap, seed + argument.slot()));
            }
        }
        aliases.forEach((alias, original) -> made.put(alias, made.get(original)));
        return made;
    }

    /** Arguments in the order of the parameters. */
    Object[] arguments(Map<String, RandomTensor> memory) {
        Class<?>[] types = declaration.method().getParameterTypes();
        Object[] values = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            KernelArgument argument = declaration.arguments().get(i);
            values[i] = switch (argument) {
                case TensorArgument tensor -> memory.containsKey(tensor.name())
                        ? memory.get(tensor.name()).segment() : MemorySegment.NULL;
                case KernelArgument.Real real -> numbers.reals[real.slot()];
                default -> types[i] == int.class
                        ? (Object) (int) numbers.integers[argument.slot()] : (Object) numbers.integers[argument.slot()];
            };
        }
        return values;
    }

    void invoke(Object family, Object[] arguments) throws Throwable {
        try {
            declaration.method().invoke(family, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(declaration.name()).append(wild ? " with any bits" : "").append(heap ? " on the heap" : "");
        for (KernelArgument argument : declaration.arguments()) {
            text.append(' ').append(argument.name()).append('=').append(switch (argument) {
                case TensorArgument tensor -> isAbsent(tensor.name()) ? "absent" : aliases.getOrDefault(tensor.name(), "given");
                case KernelArgument.Real real -> numbers.reals[real.slot()];
                default -> numbers.integers[argument.slot()];
            });
        }
        return text.toString();
    }
}
