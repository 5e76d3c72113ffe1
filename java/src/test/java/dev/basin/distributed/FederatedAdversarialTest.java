package dev.basin.distributed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The worked example and the claims of the catalogue's page on federated adversarial learning. */
class FederatedAdversarialTest {
    private static final double NO_BOUND = Double.POSITIVE_INFINITY;

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    @Test
    void theWorkedExample() {
        Tensor origin = row(.45, .1, .95);
        Tensor x = row(.5, .05, .97);
        new ProjectedGradient(ProjectedGradient.Norm.LARGEST, .1, .06, 0, 1).step(reference, x, row(1, -2, 3), origin);
        assertValues(x, .55, 0, 1);
        x = row(.5, .05, .97);
        new ProjectedGradient(ProjectedGradient.Norm.EUCLIDEAN, .08, .06, 0, 1).step(reference, x, row(1, -2, 2), origin);
        assertValues(x, .49346442944, .044117162149, .987255225234);

        ProjectedGradient attack = new ProjectedGradient(ProjectedGradient.Norm.LARGEST, .1, .06, -NO_BOUND, NO_BOUND);
        Tensor moved = row(0, 0);
        double loss = attack.attack(
                reference, new SmallClassifier(reference, model()), row(.2, .3), labels(0), null, 2, moved);
        assertValues(moved, .1, .4);
        assertEquals(1.276956406851, loss, 1e-11);

        List<Tensor> server = model();
        FederatedAverage average = new FederatedAverage(reference, server);
        List<Tensor> first = model();
        train(attack, first, row(.2, .3), labels(0));
        average.add(first, 1);
        List<Tensor> second = model();
        train(attack, second, Tensor.of(new double[] {1, -1, 0, 1}, 2, 2), labels(0, 1));
        train(attack, second, row(0, 1), labels(1));
        average.add(second, 2);
        average.apply(1);
        assertValues(server.getFirst(), 1.013290971353, -.991316935568, .486709028647, 1.991316935568);
        assertValues(server.getLast(), .187716161313, -.187716161313);
    }

    private static List<Tensor> model() {
        return List.of(Tensor.of(new double[] {1, -1, .5, 2}, 2, 2), Tensor.of(new double[] {.1, -.1}, 2));
    }

    private void train(ProjectedGradient attack, List<Tensor> model, Tensor x, Tensor labels) {
        SmallClassifier classifier = new SmallClassifier(reference, model);
        Tensor moved = Tensor.of(new double[(int) x.size()], x.shape());
        attack.attack(reference, classifier, x, labels, null, 2, moved);
        classifier.descend(moved, labels, .5);
    }

    /** Claims 1 and 2: local steps on shifted labels still bring the robust loss down, and leave it where they do not attack. */
    @Test
    void localStepsBringTheRobustLossDown() {
        for (long seed = 1; seed <= 2; seed++) {
            Federation adversarial = new Federation(seed, 5);
            Federation plain = new Federation(seed, 0);
            double before = Double.POSITIVE_INFINITY;
            for (int round = 1; round <= 40; round++) {
                adversarial.round();
                plain.round();
                if (round == 1 || round % 10 == 0) {
                    double now = adversarial.robustLoss();
                    assertTrue(now < before, "seed " + seed + ", round " + round + ": " + before + " to " + now);
                    before = now;
                }
            }
            assertTrue(plain.robustLoss() > adversarial.robustLoss(), "seed " + seed);
            assertTrue(adversarial.robustAccuracy() > plain.robustAccuracy() + .2,
                    "seed " + seed + ": " + adversarial.robustAccuracy() + " and " + plain.robustAccuracy());
        }
    }

    /** Claim 3: without an attack, one full step a client and weights of sample counts are a step on the pooled data. */
    @Test
    void oneStepWithoutAttackIsAStepOnThePooledData() {
        Tensor all = Tensor.of(new double[] {1, -1, 0, 1, .5, .5}, 3, 2);
        List<Tensor> pooled = model();
        new SmallClassifier(reference, pooled).descend(all, labels(0, 1, 0), .5);
        List<Tensor> server = model();
        FederatedAverage average = new FederatedAverage(reference, server);
        List<Tensor> one = model();
        new SmallClassifier(reference, one).descend(Tensor.of(new double[] {1, -1, 0, 1}, 2, 2), labels(0, 1), .5);
        average.add(one, 2);
        List<Tensor> other = model();
        new SmallClassifier(reference, other).descend(row(.5, .5), labels(0), .5);
        average.add(other, 1);
        average.apply(1);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < server.get(i).size(); j++) {
                assertEquals(pooled.get(i).get(j), server.get(i).get(j), 1e-15);
            }
        }
    }

    /** Claim 4: inputs stay in the ball and between the bounds, whatever the step. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void inputsStayInTheBallAndTheBox(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            Random random = new Random(7);
            for (ProjectedGradient.Norm norm : ProjectedGradient.Norm.values()) {
                ProjectedGradient ascent = new ProjectedGradient(norm, .1, .3, 0, 1);
                float[] origin = uniform(random, 600);
                float[] x = origin.clone();
                for (int step = 0; step < 10; step++) {
                    float[] gradient = uniform(random, 600);
                    for (int i = 0; i < 600; i++) {
                        gradient[i] -= i < 300 ? .5f : gradient[i];
                    }
                    ascent.step(basin, Tensor.of(x, 2, 300), Tensor.of(gradient, 2, 300), Tensor.of(origin, 2, 300));
                    for (int row = 0; row < 2; row++) {
                        double size = 0;
                        for (int i = 300 * row; i < 300 * (row + 1); i++) {
                            double moved = Math.abs((double) x[i] - origin[i]);
                            size = norm == ProjectedGradient.Norm.LARGEST ? Math.max(size, moved) : Math.hypot(size, moved);
                            assertTrue(x[i] >= 0 && x[i] <= 1);
                        }
                        assertTrue(size <= .1 * (1 + 1e-6), norm + ": " + size);
                        assertEquals(row == 1, size == 0, "a row without a gradient moved, or one with it did not");
                    }
                }
            }
        }
    }

    /** Where a row is told right beyond doubt, the gradient of its loss still has the right sign. */
    @Test
    void saturatedRowsAreStillAttacked() {
        try (Basin basin = TestBackends.open("java")) {
            List<Tensor> model = List.of(Tensor.of(new float[] {30, 1, 0, 0}, 2, 2), Tensor.of(new float[2]));
            Tensor gradient = Tensor.of(new float[2], 1, 2);
            new SmallClassifier(basin, model).differentiate(Tensor.of(new float[] {1, 0}, 1, 2), Tensor.of(new int[] {0}), gradient);
            assertEquals(-30 * Math.exp(-30), gradient.get(0), 1e-5 * Math.exp(-30));
            assertEquals(-Math.exp(-30), gradient.get(1), 1e-6 * Math.exp(-30));
        }
    }

    @Test
    void whatIsImpossibleIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ProjectedGradient(ProjectedGradient.Norm.LARGEST, -1, .1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new ProjectedGradient(ProjectedGradient.Norm.LARGEST, 1, .1, 1, 0));
        ProjectedGradient attack = new ProjectedGradient(ProjectedGradient.Norm.LARGEST, .1, .06, 0, 1);
        SmallClassifier classifier = new SmallClassifier(reference, model());
        assertThrows(IllegalArgumentException.class,
                () -> attack.attack(reference, classifier, row(.2, 1.3), labels(0), null, 2, row(0, 0)));
        FederatedAverage average = new FederatedAverage(reference, model());
        assertThrows(IllegalStateException.class, () -> average.apply(1));
        List<Tensor> broken = List.of(Tensor.of(new double[] {1, Double.NaN, 0, 0}, 2, 2), Tensor.of(new double[2], 2));
        assertThrows(IllegalArgumentException.class, () -> average.add(broken, 1));
        assertThrows(IllegalArgumentException.class, () -> average.add(model().subList(0, 1), 1));
    }

    /** Four clients with one label each in excess; the first feature tells nine rows in ten, the others each little. */
    private final class Federation {
        private final Random random;
        private final int attackSteps;
        private final List<Tensor> inputs = new ArrayList<>();
        private final List<Tensor> labels = new ArrayList<>();
        private final List<Tensor> server;
        private final ProjectedGradient attack =
                new ProjectedGradient(ProjectedGradient.Norm.LARGEST, .3, .1, -NO_BOUND, NO_BOUND);

        Federation(long seed, int attackSteps) {
            this.random = new Random(seed);
            this.attackSteps = attackSteps;
            for (int client = 0; client < 4; client++) {
                addClient(client % 2 == 0 ? .85 : .15);
            }
            server = List.of(normal(64, 10, .3), Tensor.of(new double[64], 64), normal(2, 64, .1), Tensor.of(new double[2], 2));
        }

        private void addClient(double shareOfOnes) {
            double[] x = new double[60 * 10];
            int[] y = new int[60];
            for (int i = 0; i < 60; i++) {
                y[i] = random.nextDouble() < shareOfOnes ? 1 : 0;
                int sign = 2 * y[i] - 1;
                x[10 * i] = (random.nextDouble() < .9 ? sign : -sign) + .05 * random.nextGaussian();
                for (int j = 1; j < 10; j++) {
                    x[10 * i + j] = .25 * sign + .3 * random.nextGaussian();
                }
            }
            inputs.add(Tensor.of(x, 60, 10));
            labels.add(Tensor.of(y));
        }

        private Tensor normal(int rows, int columns, double size) {
            double[] values = new double[rows * columns];
            for (int i = 0; i < values.length; i++) {
                values[i] = size * random.nextGaussian();
            }
            return Tensor.of(values, rows, columns);
        }

        void round() {
            FederatedAverage average = new FederatedAverage(reference, server);
            for (int client = 0; client < 4; client++) {
                List<Tensor> own = server.stream()
                        .map(tensor -> Tensor.of(tensor.memory().toArray(java.lang.foreign.ValueLayout.JAVA_DOUBLE), tensor.shape()))
                        .toList();
                SmallClassifier classifier = new SmallClassifier(reference, own);
                for (int step = 0; step < 5; step++) {
                    classifier.descend(attacked(classifier, client, attackSteps), labels.get(client), .2);
                }
                average.add(own, 60);
            }
            average.apply(1);
        }

        private Tensor attacked(SmallClassifier classifier, int client, int steps) {
            Tensor moved = Tensor.of(new double[600], 60, 10);
            attack.attack(reference, classifier, inputs.get(client), labels.get(client), null, steps, moved);
            return moved;
        }

        double robustLoss() {
            SmallClassifier classifier = new SmallClassifier(reference, server);
            Tensor moved = Tensor.of(new double[600], 60, 10);
            double total = 0;
            for (int client = 0; client < 4; client++) {
                total += attack.attack(reference, classifier, inputs.get(client), labels.get(client), null, 10, moved) / 240;
            }
            return total;
        }

        double robustAccuracy() {
            SmallClassifier classifier = new SmallClassifier(reference, server);
            double correct = 0;
            for (int client = 0; client < 4; client++) {
                correct += classifier.correct(attacked(classifier, client, 10), labels.get(client)) / 240.0;
            }
            return correct;
        }
    }

    private static float[] uniform(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    private static Tensor row(double... values) {
        return Tensor.of(values, 1, values.length);
    }

    private static Tensor labels(int... labels) {
        return Tensor.of(labels);
    }

    private static void assertValues(Tensor found, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found.get(i), 1e-11, "element " + i);
        }
    }
}
