package dev.basin.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TimerTest {
    @Test
    void theMedianIsTheTimeOfOneRun() {
        Timer timer = new Timer(new Timer.Effort(5, 20_000_000, 5_000_000));
        assertEquals(0, timer.add(() -> spin(1_000_000)));
        assertEquals(1, timer.add(() -> spin(3_000_000)));
        List<Timer.Time> times = timer.run();
        // Others may take the processor, but give no time.
        assertTrue(times.get(0).nanos() >= 1_000_000, times.toString());
        assertTrue(times.get(1).nanos() >= 3_000_000, times.toString());
        assertTrue(times.get(0).nanos() < times.get(1).nanos(), times.toString());
    }

    @Test
    void theSpreadTellsUnequalRounds() {
        Timer timer = new Timer(new Timer.Effort(8, 1, 1));
        int[] runs = {0};
        timer.add(() -> spin(runs[0]++ % 4 < 2 ? 200_000 : 2_000_000));
        assertTrue(timer.run().getFirst().spread() > 0.2);
    }

    private static void spin(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
