package dev.basin.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.basin.jmh.SizeBenchmark;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Where JMH and bench measure the same, they find the same. */
@Tag("slow")
@Isolated("measures time")
class JmhAgreementTest {
    @Test
    void theTimerAndJmhFindTheSameTimeForAStep() throws Exception {
        SizeBenchmark work = new SizeBenchmark();
        work.open();
        Timer timer = new Timer(Timer.Effort.USUAL);
        timer.add(work::adamW);
        Timer.Time time = timer.run().getFirst();
        work.close();

        Result<?> jmh = new Runner(new OptionsBuilder()
                        .include(SizeBenchmark.class.getName() + ".adamW")
                        .param("backend", work.backend)
                        .param("size", Integer.toString(work.size))
                        .forks(0)
                        .warmupTime(TimeValue.milliseconds(300))
                        .measurementTime(TimeValue.milliseconds(300))
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .runSingle()
                .getPrimaryResult();
        // The clock of the machine wanders by some percent between two runs, beyond what each sees of it.
        double apart = time.spread() * time.nanos() + jmh.getScoreError() + 0.05 * time.nanos();
        assertEquals(jmh.getScore(), time.nanos(), apart, "nanoseconds, JMH ± " + jmh.getScoreError() + ", bench ± " + time.spread());
    }
}
