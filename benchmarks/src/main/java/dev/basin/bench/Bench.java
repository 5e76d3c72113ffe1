package dev.basin.bench;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.spec.Case;
import dev.basin.spec.CaseGenerator;
import dev.basin.spec.Kind;
import dev.basin.spec.Layout;
import dev.basin.spec.Measurable;
import dev.basin.spec.Prepared;
import dev.basin.spec.Spec;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Times a kernel at one shape and in one type on several backends, in turn with its ceilings.
 *
 * @param backends a Basin for each backend and number of threads; of one on a device, the device's clock times the kernels alone
 * @param ceilings for each of these what moves the streams: a native backend with as many threads, or the device
 */
public record Bench(Spec spec, BenchShape shape, DataType type, List<Basin> backends, List<Basin> ceilings, boolean quick) {
    private static final long SEED = 1;

    /** A row for each part of the kernel on each backend. */
    public List<BenchRow> run() {
        Case inputs = new CaseGenerator(spec, SEED).sized(shape.sizes(), shape.tensors(), layout());
        Timer timer = new Timer(quick ? Timer.Effort.QUICK : Timer.Effort.USUAL);
        List<Prepared> prepared = new ArrayList<>();
        List<Timed> timed = new ArrayList<>();
        try (Arena arena = Arena.ofShared()) {
            for (int i = 0; i < backends.size(); i++) {
                prepared.add(spec.prepare(backends.get(i), inputs));
                for (Measurable part : prepared.getLast().parts()) {
                    timed.add(add(part, backends.get(i), ceilings.get(i), timer, arena));
                }
            }
            List<Timer.Time> times = timer.run();
            return timed.stream().map(each -> row(each, times)).toList();
        } finally {
            prepared.forEach(Prepared::close);
        }
    }

    /**
     * Losses over classes write the gradient over the logits, as trainers do; the rest does not. Nor do losses against numbers
     * drawn at random, which are no probabilities: their gradients, taken for logits again and again, grow until exponentials are
     * subnormal, and these cost a processor many times what others do.
     */
    private Layout layout() {
        boolean labels = spec.inputs().stream().anyMatch(field -> field.kind() == Kind.INTEGER);
        return Layout.of(type).withInPlace(labels && spec.sizes().containsKey("classes"));
    }

    private static Timed add(Measurable part, Basin basin, Basin ceilingBasin, Timer timer, Arena arena) {
        int number = timer.add(part.action(), clock(basin));
        List<int[]> ceilings = new ArrayList<>();
        for (Ceiling ceiling : Ceiling.of(part.moved(), ceilingBasin, arena)) {
            int plain = timer.add(ceiling.plain(), clock(ceilingBasin));
            boolean isOneWay = ceiling.around() == ceiling.plain();
            ceilings.add(new int[] {plain, isOneWay ? plain : timer.add(ceiling.around(), clock(ceilingBasin))});
        }
        return new Timed(part, basin, number, ceilings);
    }

    private static Timer.Clock clock(Basin basin) {
        return basin.hasDevice() ? basin::nanosOnDevice : Timer::wallNanos;
    }

    private BenchRow row(Timed each, List<Timer.Time> times) {
        double ceiling = 0;
        boolean around = false;
        for (int[] ways : each.ceilings()) {
            double plain = times.get(ways[0]).nanos();
            double past = times.get(ways[1]).nanos();
            ceiling += Math.min(plain, past);
            around |= past < plain;
        }
        Timer.Time time = times.get(each.number());
        return new BenchRow(
                spec.name(), each.part().part(), shape.title(spec), type.label(), each.basin().backend(), each.basin().isa(),
                each.basin().threads(), time.nanos(), time.spread(), each.part().moved().size(),
                each.part().moved().stream().mapToDouble(moved -> moved.operations()).sum(),
                each.part().moved().stream().mapToLong(moved -> moved.bytes()).sum(), ceiling,
                around ? "non-temporal" : "plain");
    }

    /** A part with the numbers that it and its ceilings have in the timer. */
    private record Timed(Measurable part, Basin basin, int number, List<int[]> ceilings) {}
}
