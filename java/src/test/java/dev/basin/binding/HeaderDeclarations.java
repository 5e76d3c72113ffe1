package dev.basin.binding;

import dev.basin.kernel.InOut;
import dev.basin.kernel.Input;
import dev.basin.kernel.Output;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Kernel declarations, in C and as the seam's Java methods must be written in C, as lines that can be compared: a symbol and
 * its parameters.
 */
final class HeaderDeclarations {
    private static final Pattern FUNCTION = Pattern.compile("BASIN_EXPORT\\s+void\\s+(\\w+)\\s*\\(([^)]*)\\)\\s*;");

    private HeaderDeclarations() {}

    /** Those in the text of headers. */
    static SequencedMap<String, String> ofHeaders(String text) {
        SequencedMap<String, String> declarations = new TreeMap<>();
        Matcher function = FUNCTION.matcher(text.replaceAll("//[^\\n]*", ""));
        while (function.find()) {
            declarations.put(function.group(1), String.join(", ", Arrays.stream(function.group(2).split(","))
                    .map(parameter -> parameter.strip().replaceAll("\\s+", " ")).toList()));
        }
        return declarations;
    }

    /** The text of all headers. */
    static String headers(Path folder) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".h")).sorted().toList()) {
                text.append(Files.readString(file)).append('\n');
            }
        }
        return text.toString();
    }

    /** Those that these interfaces stand for. */
    static SequencedMap<String, String> ofSeam(List<Class<?>> families) {
        SequencedMap<String, String> declarations = new TreeMap<>();
        for (Class<?> family : families) {
            for (Method method : family.getMethods()) {
                List<String> parameters = Arrays.stream(method.getParameters())
                        .map(parameter -> typeInC(parameter) + " " + snakeCase(parameter.getName())).toList();
                declarations.put("basin_" + snakeCase(method.getName()), String.join(", ", parameters));
            }
        }
        return declarations;
    }

    /** Those of the kernels over tables, with the stream in front; pointers are of any type. */
    static SequencedMap<String, String> ofTables(Class<?> kernels) {
        SequencedMap<String, String> declarations = new TreeMap<>();
        for (Method method : kernels.getMethods()) {
            StringBuilder parameters = new StringBuilder("pointer stream");
            for (Parameter parameter : method.getParameters()) {
                parameters.append(", ").append(parameter.getType() == MemorySegment.class ? "pointer" : typeInC(parameter))
                        .append(' ').append(snakeCase(parameter.getName()));
            }
            declarations.put("basin_cuda_" + snakeCase(method.getName()), parameters.toString());
        }
        return declarations;
    }

    /** What is in one and not in the other, or different; empty if they agree. */
    static List<String> disagreements(SequencedMap<String, String> headers, SequencedMap<String, String> seam) {
        List<String> disagreements = new ArrayList<>();
        headers.forEach((symbol, parameters) -> {
            String twin = seam.get(symbol);
            if (twin == null) {
                disagreements.add(symbol + " has no Java method");
            } else if (!twin.equals(parameters)) {
                disagreements.add(symbol + " has in C (" + parameters + ") and in Java (" + twin + ")");
            }
        });
        seam.keySet().stream().filter(symbol -> !headers.containsKey(symbol))
                .forEach(symbol -> disagreements.add(symbol + " is in no header"));
        return disagreements;
    }

    private static String typeInC(Parameter parameter) {
        Class<?> type = parameter.getType();
        return type == int.class ? "int32_t"
                : type == long.class ? "int64_t"
                : type == double.class ? "double"
                : type == MemorySegment.class ? pointerInC(parameter)
                : "no C type for " + type;
    }

    private static String pointerInC(Parameter parameter) {
        Input input = parameter.getAnnotation(Input.class);
        Output output = parameter.getAnnotation(Output.class);
        InOut inOut = parameter.getAnnotation(InOut.class);
        if (Stream.of(input, output, inOut).filter(annotation -> annotation != null).count() != 1) {
            return "not one of @Input, @Output and @InOut:";
        }
        return input != null ? "const " + elementInC(parameter, input.type()) + "*"
                : elementInC(parameter, output != null ? output.type() : inOut.type()) + "*";
    }

    private static String elementInC(Parameter parameter, String type) {
        return switch (type) {
            case "f32" -> "float";
            case "f64" -> "double";
            case "i32" -> "int32_t";
            default -> Arrays.stream(parameter.getDeclaringExecutable().getParameters())
                            .anyMatch(other -> other.getName().equals(type) && other.getType() == int.class)
                    ? "void" : "no parameter " + type;
        };
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
