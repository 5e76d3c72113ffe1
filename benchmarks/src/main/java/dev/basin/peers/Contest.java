package dev.basin.peers;

import dev.basin.bench.Timer;
import java.util.ArrayList;
import java.util.List;

/**
 * The same work by Basin and by others, timed in turn after each was seen to find the same numbers.
 *
 * @param tolerance how far results may be apart, as a share of the largest number
 */
public record Contest(String work, String shape, double tolerance, Contender basin, List<Contender> peers) {
    /** OpenMP's threads go on spinning for a while after a peer's work, and would slow down what is timed next. */
    private static final long SPIN_MILLIS = 20;

    /**
     * Checks, then times: one figure a contender, Basin's first.
     *
     * @throws IllegalStateException if a peer finds other numbers
     */
    public List<PeerFigure> run(int threads, boolean quick) {
        List<Contender> all = new ArrayList<>(List.of(basin));
        all.addAll(peers);
        all.forEach(each -> each.action().run());
        double[] expected = basin.result().get();
        peers.forEach(peer -> check(expected, peer));

        Timer timer = new Timer(quick ? Timer.Effort.QUICK : Timer.Effort.USUAL, SPIN_MILLIS);
        all.forEach(each -> timer.add(each.action()));
        List<Timer.Time> times = timer.run();
        List<PeerFigure> figures = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Timer.Time time = times.get(i);
            figures.add(new PeerFigure(work, shape, threads, all.get(i).name(), time.nanos(), time.spread(),
                    time.nanos() / times.getFirst().nanos(), all.get(i).allowed()));
        }
        return figures;
    }

    private void check(double[] expected, Contender peer) {
        double[] found = peer.result().get();
        double largest = 0;
        double apart = found.length == expected.length ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < Math.min(found.length, expected.length); i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            apart = Math.max(apart, Math.abs(expected[i] - found[i]));
        }
        if (!(apart <= tolerance * largest)) {
            throw new IllegalStateException(work + " " + shape + ": " + peer.name() + " is off by " + apart
                    + " where the largest number is " + largest);
        }
    }
}
