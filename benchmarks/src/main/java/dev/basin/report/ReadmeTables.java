package dev.basin.report;

import dev.basin.Basin;
import dev.basin.Candidate;
import dev.basin.DataType;
import dev.basin.spec.Spec;
import dev.basin.spec.Specs;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The tables of README.md, which stand between marker comments there. What they say of a kernel follows from its spec: a kernel
 * that has one is held against the reference on every backend by the tests of the library.
 */
public final class ReadmeTables {
    private final List<Spec> specs;
    private final List<String> backends;

    ReadmeTables(List<Spec> specs, List<String> backends) {
        this.specs = specs;
        this.backends = backends;
    }

    /** Of this library. */
    public static ReadmeTables current() {
        return new ReadmeTables(Specs.all(), Basin.probe().stream().map(Candidate::backend).toList());
    }

    /** The text with its tables as they should be. */
    public String rewrite(String readme) {
        return replaced(replaced(readme, "kernels", kernels()), "papers", papers());
    }

    /** Every kernel, with the storage types of its real tensors on each backend. */
    String kernels() {
        StringBuilder table = new StringBuilder(row("kernel", "page", "what it is", String.join(" | ", backends)))
                .append(row("---", "---", "---", backends.stream().map(name -> "---").collect(Collectors.joining(" | "))));
        for (Spec spec : specs) {
            String types = "f32" + (spec.takes(DataType.BF16) ? ", bf16" : "") + (spec.takes(DataType.F16) ? ", f16" : "");
            String status = backends.stream().map(name -> types).collect(Collectors.joining(" | "));
            table.append(row("`" + spec.name() + "`", spec.page(), spec.title(), status));
        }
        return table.toString();
    }

    /** Every paper of the catalogue, with how much of it there is. */
    String papers() {
        StringBuilder table = new StringBuilder(row("page", "paper", "what Basin takes from it", "status"))
                .append(row("---", "---", "---", "---"));
        for (Paper paper : Paper.all()) {
            table.append(row(paper.number(), paper.title(), paper.offer(), status(paper)));
        }
        return table.toString();
    }

    private String status(Paper paper) {
        long there = paper.count(specs);
        int all = paper.kernels().size();
        if (there == 0) {
            return "not yet";
        }
        return String.join(", ", backends) + (there == all ? "" : ": " + there + " of " + all + " kernels");
    }

    private static String replaced(String text, String name, String table) {
        String begin = "<!-- table of " + name + ": begin -->\n";
        String end = "<!-- table of " + name + ": end -->";
        Matcher between = Pattern.compile(begin + ".*" + end, Pattern.DOTALL).matcher(text);
        if (!between.find()) {
            throw new IllegalArgumentException("the text must hold the lines " + begin.strip() + " and " + end);
        }
        return between.replaceFirst(Matcher.quoteReplacement(begin + "\n" + table + "\n" + end));
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
