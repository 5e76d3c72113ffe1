package dev.basin.distributed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The worked example and the claims of the catalogue's page on error feedback. */
class ErrorFeedbackTest {
    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    @Test
    void theWorkedExample() {
        checkRound(new double[] {.5, .5}, false, new double[] {.25, .1, .5},
                new double[][] {{.5, -2, 0}, {0, .2, 4}}, new double[] {.25, -.9, 2}, new double[] {.975, 1.09, .8});
        checkRound(new double[] {.25, .75}, true, new double[] {.125, .15, .75},
                new double[][] {{.5, -4, 0}, {0, .2, 8 / 3.0}}, new double[] {.125, -.85, 2}, new double[] {.9875, 1.085, .8});
        double[] constants = {1, 1, 1, 100};
        assertEquals(1.0048053999868e-4,
                ErrorFeedbackTheory.stepSize(25.75, constants, .01, ErrorFeedbackTheory.Mean.QUADRATIC), 1e-16);
        assertEquals(1.9466263663612e-4,
                ErrorFeedbackTheory.stepSize(25.75, constants, .01, ErrorFeedbackTheory.Mean.ARITHMETIC), 1e-16);
    }

    private void checkRound(
            double[] weights, boolean weighted, double[] total, double[][] known, double[] newTotal, double[] newX) {
        double[][] gradients = {{1, -2, .5}, {.3, .1, 4}};
        double[][] before = {{.5, 0, 0}, {0, .2, 1}};
        ErrorFeedbackServer server = new ErrorFeedbackServer(reference, 3, DataType.F64);
        server.total().copyFrom(Tensor.of(total, 3));
        Tensor x = Tensor.of(new double[] {1, 1, 1}, 3);
        for (int i = 0; i < 2; i++) {
            ErrorFeedbackWorker worker = new ErrorFeedbackWorker(
                    reference, new Compressor.TopK(1), 3, weighted ? 1 / (2 * weights[i]) : 1, DataType.F64);
            worker.known().copyFrom(Tensor.of(before[i], 3));
            server.add(worker.update(Tensor.of(gradients[i], 3)), weights[i]);
            assertValues(worker.known(), known[i]);
        }
        server.move(x, .1);
        assertValues(server.total(), newTotal);
        assertValues(x, newX);
    }

    /** Claim 1: the arithmetic mean's steps need at least five times fewer rounds where one worker's function is steep. */
    @Test
    void theArithmeticMeanNeedsFewerRounds() {
        Quadratics functions = new Quadratics(100, 20, 1);
        int arithmetic = functions.rounds(ErrorFeedbackTheory.Mean.ARITHMETIC, 2_000);
        int quadratic = functions.rounds(ErrorFeedbackTheory.Mean.QUADRATIC, 5 * arithmetic);
        assertTrue(arithmetic < 2_000 && quadratic == 5 * arithmetic, quadratic + " and " + arithmetic + " rounds");
    }

    /**
     * Claim 2: without error feedback the same steps come to a halt at a hundredth of the first squared gradient, where with it they go on
     * to a millionth. The page's three seeds, which it does not name, end between 1.0e-2 and 1.7e-2; eight seeds of these between 1.1e-2
     * and 3.7e-2.
     */
    @Test
    void withoutErrorFeedbackStepsComeToAHalt() {
        for (long seed : new long[] {1, 2, 4}) {
            Quadratics functions = new Quadratics(100, 20, seed);
            double[] x = functions.begin();
            double first = squares(functions.meanGradient(x));
            double gamma = functions.gamma(ErrorFeedbackTheory.Mean.ARITHMETIC);
            assertSendsTheSame(functions, x);
            descend(functions, x, gamma, 10_000);
            double halfway = squares(functions.meanGradient(x)) / first;
            descend(functions, x, gamma, 10_000);
            double end = squares(functions.meanGradient(x)) / first;
            assertTrue(end > 1e-2 && end < 4e-2 && end > .9 * halfway, "seed " + seed + ": " + halfway + ", then " + end);
        }
        int rounds = new Quadratics(100, 20, 1).rounds(ErrorFeedbackTheory.Mean.ARITHMETIC, 2_000);
        assertTrue(rounds < 2_000, rounds + " rounds with error feedback");
    }

    /** Plain descent on the mean of what {@link #largestAlone} leaves of each worker's gradient. */
    private static void descend(Quadratics functions, double[] x, double gamma, int rounds) {
        for (int round = 0; round < rounds; round++) {
            double[] total = new double[x.length];
            for (int i = 0; i < functions.centres.length; i++) {
                double[] gradient = functions.gradient(i, x);
                int largest = largestAlone(gradient);
                total[largest] += gradient[largest];
            }
            for (int j = 0; j < x.length; j++) {
                x[j] -= gamma * total[j] / functions.centres.length;
            }
        }
    }

    private static int largestAlone(double[] values) {
        int largest = 0;
        for (int j = 1; j < values.length; j++) {
            largest = Math.abs(values[j]) > Math.abs(values[largest]) ? j : largest;
        }
        return largest;
    }

    /** A worker that knows nothing yet compresses the gradient itself. */
    private void assertSendsTheSame(Quadratics functions, double[] x) {
        for (int i = 0; i < functions.centres.length; i++) {
            double[] gradient = functions.gradient(i, x);
            ErrorFeedbackWorker worker = new ErrorFeedbackWorker(reference, new Compressor.TopK(1), x.length, 1, DataType.F64);
            ErrorFeedbackMessage message = worker.update(Tensor.of(gradient, x.length));
            assertEquals(largestAlone(gradient), message.indices()[0]);
            assertEquals(gradient[largestAlone(gradient)], message.values().get(0));
        }
    }

    /** Claim 3: for compressors that scale with what they are given, weights change nothing but the unit of what is known. */
    @Test
    void weightsMakeNoDifferenceForTopKAndScaledSigns() {
        Quadratics functions = new Quadratics(5, 20, 3);
        double[] weights = ErrorFeedbackTheory.weights(functions.smoothness());
        for (Compressor compressor : List.of(new Compressor.TopK(2), new Compressor.ScaledSign())) {
            Run plain = functions.start(compressor, false);
            Run weighted = functions.start(compressor, true);
            for (int round = 0; round < 50; round++) {
                plain.round(1e-4);
                weighted.round(1e-4);
            }
            for (int j = 0; j < 20; j++) {
                assertEquals(plain.x.get(j), weighted.x.get(j), 1e-14, compressor.toString());
                for (int i = 0; i < 5; i++) {
                    double own = plain.workers.get(i).known().get(j);
                    double scaled = weighted.workers.get(i).known().get(j) * 5 * weights[i];
                    assertEquals(own, scaled, 1e-12 * Math.max(1, functions.smoothness()[i]), compressor + ", worker " + i);
                }
            }
        }
    }

    /** Claim 4: all of a difference makes it gradient descent. */
    @Test
    void withoutCompressionItIsGradientDescent() {
        Quadratics functions = new Quadratics(5, 20, 4);
        Run all = functions.start(new Compressor.Identity(), false);
        double[] x = functions.begin();
        for (int round = 0; round < 20; round++) {
            double[] gradient = functions.meanGradient(x);
            all.round(1e-4);
            for (int i = 0; i < 20; i++) {
                x[i] -= 1e-4 * gradient[i];
                assertEquals(x[i], all.x.get(i), 1e-13);
            }
        }
    }

    /** Claim 4: what arrives is at least the share that a compressor promises; of equal magnitudes TopK has nothing to spare. */
    @Test
    void compressorsKeepTheirPromise() {
        double[] equal = new double[100];
        java.util.Arrays.fill(equal, -2);
        double[] single = new double[100];
        single[40] = 3;
        double[] random = new Random(4).doubles(100, -1, 1).toArray();
        for (Compressor compressor : List.of(new Compressor.TopK(7), new Compressor.ScaledSign(), new Compressor.Identity())) {
            for (double[] v : List.of(equal, single, random)) {
                double lost = lost(compressor, v);
                assertTrue(lost <= (1 - compressor.share(100)) * squares(v) + 1e-12, compressor + " lost " + lost + " of " + squares(v));
            }
        }
        assertEquals(.93 * squares(equal), lost(new Compressor.TopK(7), equal), 1e-12);
        assertEquals(.99 * .99 * squares(single), lost(new Compressor.ScaledSign(), single), 1e-12);
    }

    private double lost(Compressor compressor, double[] v) {
        ErrorFeedbackWorker worker = new ErrorFeedbackWorker(reference, compressor, v.length, 1, DataType.F64);
        worker.update(Tensor.of(v, v.length));
        double lost = 0;
        for (int i = 0; i < v.length; i++) {
            lost += Math.pow(v[i] - worker.known().get(i), 2);
        }
        return lost;
    }

    /** What the server adds up is what the workers have made known; a message survives being carried. */
    @Test
    void messagesCarryAllThatIsKnown() throws Exception {
        try (Basin basin = TestBackends.open("java")) {
            Random random = new Random(5);
            ErrorFeedbackServer server = new ErrorFeedbackServer(basin, 1000);
            List<ErrorFeedbackWorker> workers = new ArrayList<>();
            for (Compressor compressor : List.of(new Compressor.TopK(10), new Compressor.ScaledSign())) {
                ErrorFeedbackWorker worker = new ErrorFeedbackWorker(basin, compressor, 1000, 1);
                workers.add(worker);
                for (int round = 0; round < 5; round++) {
                    float[] gradient = new float[1000];
                    for (int i = 0; i < 1000; i++) {
                        gradient[i] = (float) random.nextGaussian();
                    }
                    ErrorFeedbackMessage message = carried(worker.update(Tensor.of(gradient)));
                    server.add(message, .5);
                    assertEquals(compressor instanceof Compressor.TopK ? 80 : 4000, message.bytes());
                }
            }
            float[] before = server.total().memory().toArray(java.lang.foreign.ValueLayout.JAVA_FLOAT);
            server.resync(workers, new double[] {.5, .5});
            for (int i = 0; i < 1000; i++) {
                assertEquals(before[i], server.total().get(i), 1e-5);
            }
        }
    }

    private static ErrorFeedbackMessage carried(ErrorFeedbackMessage message) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(message);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (ErrorFeedbackMessage) in.readObject();
        }
    }

    @Test
    void whatIsImpossibleIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Compressor.TopK(0));
        assertThrows(IllegalArgumentException.class, () -> new ErrorFeedbackWorker(reference, new Compressor.TopK(1), 3, 0));
        for (Compressor compressor : List.of(
                new Compressor.TopK(1), new Compressor.TopK(9), new Compressor.ScaledSign(), new Compressor.Identity())) {
            ErrorFeedbackWorker worker = new ErrorFeedbackWorker(reference, compressor, 4, 1, DataType.F64);
            double[] gradient = {1, Double.NEGATIVE_INFINITY, Double.NaN, 3};
            var refusal = assertThrows(IllegalArgumentException.class, () -> worker.update(Tensor.of(gradient, 4)));
            assertTrue(refusal.getMessage().endsWith("got one at 2"), compressor + ": " + refusal.getMessage());
            assertValues(worker.known(), 0, 0, 0, 0);
        }
        assertThrows(IllegalArgumentException.class,
                () -> ErrorFeedbackTheory.stepSize(1, new double[] {1}, 0, ErrorFeedbackTheory.Mean.QUADRATIC));
        assertThrows(IllegalArgumentException.class, () -> ErrorFeedbackTheory.weights(new double[] {1, -1}));
    }

    private static void assertValues(Tensor found, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found.get(i), 1e-12, "element " + i);
        }
    }

    /** {@code f_i = sum h_ij (x_j - b_ij)^2 / 2}, the first worker's a thousand times as steep. */
    private final class Quadratics {
        private final double[][] centres;
        private final double[][] curvatures;
        private final int size;

        Quadratics(int workers, int size, long seed) {
            Random random = new Random(seed);
            this.size = size;
            centres = new double[workers][size];
            curvatures = new double[workers][size];
            for (int i = 0; i < workers; i++) {
                for (int j = 0; j < size; j++) {
                    centres[i][j] = random.nextGaussian();
                    curvatures[i][j] = (.2 + .8 * random.nextDouble()) * (i == 0 ? 1000 : 1);
                }
            }
        }

        double[] begin() {
            return new Random(99).doubles(size, -1, 1).toArray();
        }

        double[] smoothness() {
            double[] constants = new double[centres.length];
            for (int i = 0; i < constants.length; i++) {
                constants[i] = java.util.Arrays.stream(curvatures[i]).max().orElseThrow();
            }
            return constants;
        }

        double[] gradient(int worker, double[] x) {
            double[] gradient = new double[size];
            for (int j = 0; j < size; j++) {
                gradient[j] = curvatures[worker][j] * (x[j] - centres[worker][j]);
            }
            return gradient;
        }

        double[] meanGradient(double[] x) {
            double[] mean = new double[size];
            for (int i = 0; i < centres.length; i++) {
                double[] own = gradient(i, x);
                for (int j = 0; j < size; j++) {
                    mean[j] += own[j] / centres.length;
                }
            }
            return mean;
        }

        Run start(Compressor compressor, boolean weighted) {
            return new Run(this, compressor, weighted);
        }

        double gamma(ErrorFeedbackTheory.Mean mean) {
            double[] steepest = new double[size];
            for (double[] own : curvatures) {
                for (int j = 0; j < size; j++) {
                    steepest[j] += own[j] / curvatures.length;
                }
            }
            double smoothness = java.util.Arrays.stream(steepest).max().orElseThrow();
            return ErrorFeedbackTheory.stepSize(smoothness, smoothness(), 1.0 / size, mean);
        }

        int rounds(ErrorFeedbackTheory.Mean mean, int most) {
            double gamma = gamma(mean);
            Run run = start(new Compressor.TopK(1), false);
            double first = squares(meanGradient(run.values()));
            int rounds = 0;
            while (rounds < most && squares(meanGradient(run.values())) > 1e-6 * first) {
                run.round(gamma);
                rounds++;
            }
            return rounds;
        }
    }

    private static double squares(double[] values) {
        double total = 0;
        for (double value : values) {
            total += value * value;
        }
        return total;
    }

    private final class Run {
        private final Quadratics functions;
        private final Tensor x;
        private final List<ErrorFeedbackWorker> workers = new ArrayList<>();
        private final double[] weights;
        private final ErrorFeedbackServer server;

        Run(Quadratics functions, Compressor compressor, boolean weighted) {
            int count = functions.centres.length;
            this.functions = functions;
            this.x = Tensor.of(functions.begin(), functions.size);
            this.server = new ErrorFeedbackServer(reference, functions.size, DataType.F64);
            this.weights = weighted ? ErrorFeedbackTheory.weights(functions.smoothness()) : new double[count];
            for (int i = 0; i < count; i++) {
                weights[i] = weighted ? weights[i] : 1.0 / count;
                workers.add(new ErrorFeedbackWorker(reference, compressor, functions.size, 1 / (count * weights[i]), DataType.F64));
            }
            addAll();
        }

        double[] values() {
            return x.memory().toArray(java.lang.foreign.ValueLayout.JAVA_DOUBLE);
        }

        void round(double gamma) {
            server.move(x, gamma);
            addAll();
        }

        private void addAll() {
            double[] at = values();
            for (int i = 0; i < workers.size(); i++) {
                server.add(workers.get(i).update(Tensor.of(functions.gradient(i, at), functions.size)), weights[i]);
            }
        }
    }
}
