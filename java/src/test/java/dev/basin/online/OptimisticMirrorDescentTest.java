package dev.basin.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The worked examples and the claims of the catalogue's page on optimistic mirror descent. */
class OptimisticMirrorDescentTest {
    private static final double EXACT = 1e-11;
    private static final double[] NOISE = {0, .1, .3, 1, 3};
    private static final int SEEDS = 3;

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    private static Tensor vector(double... values) {
        return Tensor.of(values, values.length);
    }

    @Test
    void theWorkedExamples() {
        double[] center = {.3, -.2};
        double[] point = new double[2];
        Tensor gradient = vector(1, -2);
        OptimisticMirrorDescent.Round round = new OptimisticMirrorDescent(OptimisticMirrorDescent.Options.defaults())
                .step(reference, vector(center), gradient, vector(.5, -1), gradient, vector(point), 2);
        assertEquals(.755928946018, round.eta(), EXACT);
        assertEquals(3.25, round.variation(), EXACT);
        assertEquals(.696310623823, round.nextEta(), EXACT);
        assertArrayEquals(new double[] {-.328283308031, .944579308300}, center, EXACT);
        assertArrayEquals(new double[] {-.401499129397, .915859404654}, point, EXACT);

        double[] log = {Math.log(.2), Math.log(.3), Math.log(.5)};
        double[] x = new double[3];
        Tensor g = Tensor.of(new double[] {1, 0, -1}, 1, 3);
        OptimisticHedge.step(reference, Tensor.of(log, 1, 3), g, g, Tensor.of(x, 1, 3), .5, .4);
        assertArrayEquals(new double[] {.097382490348, .240834874845, .661782634807}, Arrays.stream(log).map(Math::exp).toArray(), EXACT);
        assertArrayEquals(new double[] {.050470579284, .186206390741, .763323029975}, x, EXACT);
    }

    @Test
    void theWorkedExampleOfTheNewtonStepWithEitherHint() {
        for (boolean same : new boolean[] {true, false}) {
            double[] center = {1, -1};
            double[] inverse = new double[4];
            double[] point = new double[2];
            OptimisticNewtonStep.invert(Tensor.of(new double[] {2, .5, .5, 1}, 2, 2), Tensor.of(inverse, 2, 2));
            Tensor g = vector(.3, -.4);
            OptimisticNewtonStep.step(
                    reference, vector(center), Tensor.of(inverse, 2, 2), g, same ? g : vector(.3, -.4), vector(point), .25);
            assertArrayEquals(new double[] {.714285714286, -.457142857143}, center, EXACT);
            assertArrayEquals(new double[] {.561596696490, -.267033723331, -.267033723331, 1.107364074329}, inverse, EXACT);
            assertArrayEquals(new double[] {.438993216006, .065912889588}, point, EXACT);
        }
    }

    /** Nothing in the domain is nearer: the gap to every other point of it makes no acute angle with the projection's. */
    @Test
    void projectionsAreTheNearestPoints() {
        Random random = new Random(2);
        for (Projection domain : new Projection[] {
            new Projection.Box(-.5, .75), new Projection.Ball(1.5), new Projection.Simplex(), new Projection.Everything()
        }) {
            for (int trial = 0; trial < 50; trial++) {
                double[] y = random.doubles(6, -2, 2).toArray();
                double[] x = new double[6];
                double[] other = random.doubles(6, -2, 2).toArray();
                domain.project(reference, vector(y), vector(x));
                domain.project(reference, vector(other), vector(other));
                double along = 0;
                for (int k = 0; k < 6; k++) {
                    along += (y[k] - x[k]) * (other[k] - x[k]);
                }
                assertTrue(along <= 1e-12, domain + " trial " + trial + ": " + along);
            }
        }
        double[] x = {0, 0, 0};
        new Projection.Ball(1).project(reference, vector(x), vector(x));
        assertArrayEquals(new double[3], x);
        new Projection.Simplex().project(reference, vector(x), vector(x));
        assertArrayEquals(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, x, 1e-15);
    }

    /** Claim 1: gradients that turn around every ten rounds, and noise. */
    @Test
    void regretGrowsWithTheNoiseAndIsSmallerWithHints() {
        double before = Double.NEGATIVE_INFINITY;
        OptimisticMirrorDescent learner = new OptimisticMirrorDescent(OptimisticMirrorDescent.Options.defaults());
        for (double sigma : NOISE) {
            double[] regret = new double[2];
            for (int seed = 0; seed < SEEDS; seed++) {
                for (int hinted = 0; hinted < 2; hinted++) {
                    Random random = new Random(seed);
                    double[] total = new double[4];
                    double[] suffered = new double[1];
                    play(learner, 4, 4000, hinted == 1, (t, x) -> {
                        double[] g = new double[4];
                        for (int k = 0; k < 4; k++) {
                            g[k] = (k == 0 ? t / 10 % 2 == 0 ? 1 : -1 : 0) + sigma * random.nextGaussian() / 2;
                            total[k] += g[k];
                            suffered[0] += g[k] * x[k];
                        }
                        return g;
                    });
                    regret[hinted] += (suffered[0] + Math.sqrt(Arrays.stream(total).map(v -> v * v).sum())) / SEEDS;
                }
            }
            assertTrue(regret[1] < regret[0], "sigma " + sigma + ": " + Arrays.toString(regret));
            assertTrue(regret[1] > before, "sigma " + sigma + ": " + regret[1] + " after " + before);
            before = regret[1];
        }
    }

    /** Claim 2: a quadratic with noisy gradients. */
    @Test
    void expectedRegretOnAQuadraticGrowsWithTheNoise() {
        OptimisticMirrorDescent learner = new OptimisticMirrorDescent(OptimisticMirrorDescent.Options.defaults()
                .domain(new Projection.Ball(2)).diameter(4).gradientBound(3));
        double before = -1;
        for (double sigma : NOISE) {
            double[] regret = new double[1];
            for (int seed = 0; seed < SEEDS; seed++) {
                Random random = new Random(seed);
                play(learner, 10, 3000, true, (t, x) -> {
                    double[] g = new double[10];
                    for (int k = 0; k < 10; k++) {
                        double gap = x[k] - (k == 0 ? 1 : 0);
                        regret[0] += gap * gap / 2 / SEEDS;
                        g[k] = gap + sigma * random.nextGaussian() / Math.sqrt(10);
                    }
                    return g;
                });
            }
            assertTrue(regret[0] > before, "sigma " + sigma + ": " + regret[0] + " after " + before);
            before = regret[0];
        }
    }

    private void play(
            OptimisticMirrorDescent learner, int width, int rounds, boolean hinted, BiFunction<Integer, double[], double[]> gradientAt) {
        Tensor center = vector(new double[width]);
        double[] point = new double[width];
        Tensor zeros = vector(new double[width]);
        Tensor hint = zeros;
        double variation = 0;
        for (int t = 0; t < rounds; t++) {
            Tensor gradient = vector(gradientAt.apply(t, point));
            Tensor next = hinted ? gradient : zeros;
            variation = learner.step(reference, center, gradient, hint, next, vector(point), variation).variation();
            hint = next;
        }
    }

    /** Claim 3: in a zero-sum game the last strategies of both players come near an equilibrium with hints, and do not without. */
    @Test
    void theLastIterateOfAGameConvergesWithHints() {
        for (int seed = 0; seed < SEEDS; seed++) {
            double[] payoff = new Random(seed).doubles(100, -1, 1).toArray();
            double with = gapAfter(payoff, true);
            double without = gapAfter(payoff, false);
            assertTrue(with < .2 && with < without / 5, "seed " + seed + ": " + with + " with hints, " + without + " without");
        }
    }

    private double gapAfter(double[] payoff, boolean hinted) {
        double[][] play = {new double[10], new double[10]};
        Arrays.fill(play[0], .1);
        Arrays.fill(play[1], .1);
        Tensor[] log = {Tensor.of(new double[10], 1, 10), Tensor.of(new double[10], 1, 10)};
        Tensor zeros = Tensor.of(new double[10], 1, 10);
        double gap = 0;
        for (int t = 0; t <= 5000; t++) {
            double[] rows = new double[10];
            double[] columns = new double[10];
            for (int i = 0; i < 100; i++) {
                rows[i / 10] += payoff[i] * play[1][i % 10];
                columns[i % 10] -= payoff[i] * play[0][i / 10];
            }
            gap = -Arrays.stream(columns).min().orElseThrow() - Arrays.stream(rows).min().orElseThrow();
            double[][] gradients = {rows, columns};
            for (int player = 0; player < 2; player++) {
                Tensor g = Tensor.of(gradients[player], 1, 10);
                OptimisticHedge.step(reference, log[player], g, hinted ? g : zeros, Tensor.of(play[player], 1, 10), .25, .25);
            }
        }
        return gap;
    }

    @Test
    void impossibleActionsStaySoAndWrongNumbersAreRefused() {
        double[] log = {Double.NEGATIVE_INFINITY, -1e4, 0};
        double[] x = {7, 7, 7};
        Tensor g = Tensor.of(new double[] {-1e4, 1e4, -3}, 1, 3);
        OptimisticHedge.step(reference, Tensor.of(log, 1, 3), g, g, Tensor.of(x, 1, 3), .5, .5);
        assertArrayEquals(new double[] {Double.NEGATIVE_INFINITY, -15001.5, 0}, log, 1e-9);
        assertArrayEquals(new double[] {0, 0, 1}, x, 1e-12);
        double[] impossible = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        assertThrows(IllegalArgumentException.class,
                () -> OptimisticHedge.step(reference, Tensor.of(impossible, 1, 3), g, g, Tensor.of(x, 1, 3), .5, .5));
        double[] center = {.5, .5};
        OptimisticMirrorDescent learner = new OptimisticMirrorDescent(OptimisticMirrorDescent.Options.defaults());
        for (int wrong = 0; wrong < 4; wrong++) {
            Tensor[] given = {vector(center), vector(1, 1), vector(1, 1), vector(1, 1)};
            given[wrong] = vector(1, wrong % 2 == 0 ? Double.NaN : Double.POSITIVE_INFINITY);
            assertThrows(IllegalArgumentException.class,
                    () -> learner.step(reference, given[0], given[1], given[2], given[3], vector(new double[2]), 0));
        }
        assertArrayEquals(new double[] {.5, .5}, center);
        assertThrows(IllegalArgumentException.class, () -> new Projection.Box(1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Projection.Ball(0));
    }
}
