package dev.basin.kernel;

import dev.basin.DataType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What the annotations on a kernel's parameters say, read once.
 *
 * @param family the interface that declares it
 * @param method the method
 * @param arguments its parameters, in order
 */
public record KernelDeclaration(Class<?> family, Method method, List<KernelArgument> arguments) {
    /** All kernels of a family, by name. */
    public static List<KernelDeclaration> of(Class<?> family) {
        return methods(family).stream().map(method -> of(family, method)).toList();
    }

    /** The methods of a family by name, without reading what is said of them, which takes about a millisecond each. */
    public static List<Method> methods(Class<?> family) {
        return Arrays.stream(family.getMethods()).sorted(Comparator.comparing(Method::getName)).toList();
    }

    /** One method of a family. */
    public static KernelDeclaration of(Class<?> family, Method method) {
        return new KernelDeclaration(family, method, read(method));
    }

    /** One kernel of a family. */
    public static KernelDeclaration of(Class<?> family, String name) {
        return methods(family).stream()
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .map(method -> of(family, method))
                .orElseThrow(() -> new IllegalArgumentException(family.getSimpleName() + " declares no kernel " + name));
    }

    /** The name, as in the interface. */
    public String name() {
        return method.getName();
    }

    /** What it has to compute. */
    public Operations operations() {
        Operations operations = method.getAnnotation(Operations.class);
        if (operations == null) {
            throw new IllegalStateException(name() + " must say its @Operations");
        }
        return operations;
    }

    /** The arguments of one kind, in order. */
    public <A extends KernelArgument> List<A> arguments(Class<A> kind) {
        return arguments.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The position of an argument. */
    public int position(String name) {
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException(this.name() + " declares no argument " + name);
    }

    /** An argument by its name. */
    public KernelArgument argument(String name) {
        return arguments.get(position(name));
    }

    /** The argument that ends the range. */
    public KernelArgument.End end() {
        return arguments(KernelArgument.End.class).getFirst();
    }

    /** The argument that begins the range. */
    public KernelArgument.Begin begin() {
        return arguments(KernelArgument.Begin.class).getFirst();
    }

    /** A value for a real or whole argument, refused if the declaration does not allow it: for options that are set early. */
    public double checked(String name, double value) {
        KernelArgument.Interval interval = switch (argument(name)) {
            case KernelArgument.Real real -> real.interval();
            case KernelArgument.Whole whole -> whole.interval();
            default -> throw new IllegalArgumentException(name + " is not a number");
        };
        if (!Double.isFinite(value) || !interval.contains(value)) {
            String allowed = interval.toString();
            throw new IllegalArgumentException(
                    name + " must be finite" + (allowed.isEmpty() ? "" : " and " + allowed) + ", got " + value);
        }
        return value;
    }

    /** A type for a storage argument, refused if the declaration does not allow it: for options that are set early. */
    public DataType checked(String name, DataType type) {
        if (!(argument(name) instanceof KernelArgument.Storage storage)) {
            throw new IllegalArgumentException(name + " is not a storage type");
        }
        if (!storage.allowed().contains(type)) {
            throw new IllegalArgumentException(name + " must be one of " + storage.allowed() + ", got " + type);
        }
        return type;
    }

    private static List<KernelArgument> read(Method method) {
        Slots slots = new Slots();
        List<KernelArgument> arguments = new ArrayList<>();
        for (java.lang.reflect.Parameter parameter : method.getParameters()) {
            arguments.add(KernelArgument.read(parameter, slots));
        }
        return List.copyOf(arguments);
    }

    /** Numbers the arguments of each Java kind, as a call's arrays hold them. */
    public static final class Slots {
        private int integers;
        private int reals;
        private int segments;

        public int nextInteger() {
            return integers++;
        }

        public int nextReal() {
            return reals++;
        }

        public int nextSegment() {
            return segments++;
        }
    }
}
