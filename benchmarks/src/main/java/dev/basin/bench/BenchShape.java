package dev.basin.bench;

import dev.basin.spec.Field;
import dev.basin.spec.Spec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How large a kernel's inputs are.
 *
 * @param sizes by dimension
 * @param tensors how many tensors lists have
 */
public record BenchShape(Map<String, Integer> sizes, int tensors) {
    private static final String TENSORS = "tensors";

    /** Dimensions that a shape need not name: as many as are timed, not as many as are trained with. */
    private static final Map<String, Integer> USUAL = Map.of("steps", 1, "epochs", 1, TENSORS, 1);

    /** Sizes that trainers have, and some that fit in a cache. */
    private static final List<String> USUAL_SHAPES = List.of(
            "rows=1024,classes=1000", "rows=256,classes=50257", "rows=64,classes=128256", "rows=8,classes=1000000",
            "rows=4096,width=1024",
            "rows=4096,columns=4096",
            "size=16777216", "size=1000,tensors=1000",
            "rows=1,size=1048576",
            "rows=1024,inputs=1024,outputs=1024",
            "outputs=1024,width=1024", "width=1024,inputs=1024",
            "examples=4096,classes=1000",
            "rows=65536", "batch=4096",
            "rows=4096,candidates=8,tokens=128", "rows=4096,options=64",
            "points=65536,clusters=64,width=64",
            "rows=200,width=512,groups=317,members=317",
            "rows=64,templates=4,vocabulary=30522,words=40",
            "rows=256,inputs=10,cells=256,gates=768",
            "rows=200,width=512,classes=10000",
            "first=4096,second=4096,width=1024",
            "rows=1024,tests=1024,width=512",
            "rows=256,views=3,classes=1000",
            "rows=1,positions=64,sequences=3,words=40,vocabulary=30522",
            "rows=64,templates=4,width=512,words=40,vocabulary=30522",
            "one=1,rows=4096,columns=4096",
            "workers=4,size=1048576", "workers=4",
            "rows=1024,actions=1000",
            "width=64,samples=4096", "width=64,queries=4096", "width=64,queries=1024,samples=4096",
            "states=1024,actions=8,width=64",
            "width=16777216", "side=512", "height=128,breadth=1024");

    /** Beyond the caches of a device, which are as large as what else is timed. */
    private static final List<String> LARGE = List.of(
            "rows=131072,classes=1000", "rows=4096,classes=50257", "rows=1024,classes=128256", "rows=128,classes=1000000",
            "rows=65536,width=1024", "rows=16384,width=4096", "rows=8192,columns=8192", "size=67108864", "width=67108864");

    /** Reads {@code "rows=256,classes=50257"}. */
    public static BenchShape parse(String text) {
        Map<String, Integer> sizes = new LinkedHashMap<>(USUAL);
        for (String part : text.split(",")) {
            if (!part.matches("[a-z]+=[1-9][0-9]{0,8}")) {
                throw new IllegalArgumentException("shape must be like rows=256,classes=50257, got " + text);
            }
            String[] sides = part.split("=");
            sizes.put(sides[0], Integer.parseInt(sides[1]));
        }
        int tensors = sizes.remove(TENSORS);
        return new BenchShape(Map.copyOf(sizes), tensors);
    }

    /** What a kernel is timed at unless told. */
    public static List<BenchShape> of(Spec spec) {
        return shapes(spec, USUAL_SHAPES);
    }

    /** The same for a device, and what it has to read from its memory. */
    public static List<BenchShape> onDevice(Spec spec) {
        return Stream.concat(of(spec).stream(), shapes(spec, LARGE).stream()).toList();
    }

    /** One that is timed fast. */
    public static List<BenchShape> quick(Spec spec) {
        return shapes(spec, List.of(
                "rows=1024,classes=1000",
                "rows=1024,width=1024",
                "rows=1024,columns=1024",
                "size=1048576",
                "rows=1,size=1048576",
                "rows=256,inputs=512,outputs=512",
                "outputs=512,width=512", "width=512,inputs=512",
                "examples=1024,classes=1000",
                "rows=4096", "batch=4096",
                "rows=256,candidates=8,tokens=128", "rows=256,options=64",
                "points=16384,clusters=64,width=64",
                "rows=64,width=64,groups=10,members=10",
                "rows=16,templates=4,vocabulary=30522,words=40",
                "rows=64,inputs=10,cells=64,gates=192",
                "rows=64,width=128,classes=1000",
                "first=1024,second=1024,width=128",
                "rows=256,tests=256,width=128",
                "rows=64,views=3,classes=1000",
                "rows=1,positions=16,sequences=3,words=40,vocabulary=30522",
                "rows=16,templates=4,width=128,words=40,vocabulary=30522",
                "one=1,rows=1024,columns=1024",
                "workers=4,size=100000", "workers=4",
                "rows=256,actions=1000",
                "width=64,samples=1024", "width=64,queries=1024", "width=64,queries=256,samples=1024",
                "states=256,actions=8,width=64",
                "width=1048576", "side=128", "height=64,breadth=256"));
    }

    /** Whether these are the dimensions of a kernel. */
    public boolean fits(Spec spec) {
        boolean lists = spec.inputs().stream().anyMatch(Field::list);
        return (tensors == 1 || lists) && spec.sizes().keySet().equals(named(spec));
    }

    private Set<String> named(Spec spec) {
        return sizes.keySet().stream()
                .filter(dimension -> !USUAL.containsKey(dimension) || spec.sizes().containsKey(dimension))
                .collect(Collectors.toSet());
    }

    private static List<BenchShape> shapes(Spec spec, List<String> texts) {
        return texts.stream().map(BenchShape::parse).filter(shape -> shape.fits(spec)).toList();
    }

    /** Such as {@code "256 x 50257"}, in the order in which the kernel names its dimensions first. */
    String title(Spec spec) {
        List<String> order = spec.inputs().stream().flatMap(field -> field.dimensions().stream()).distinct().toList();
        String product = order.stream()
                .filter(dimension -> spec.sizes().containsKey(dimension) && !USUAL.containsKey(dimension))
                .map(dimension -> String.valueOf(sizes.get(dimension)))
                .collect(Collectors.joining(" x "));
        return tensors == 1 ? product : tensors + " of " + product;
    }
}
