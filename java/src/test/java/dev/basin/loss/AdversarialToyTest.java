package dev.basin.loss;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.TestBackends;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Claim 3 of the page on comp-sum losses: the penalty trades a little accuracy on clean examples for much under attack, by letting go
 * of features that an attack can turn round.
 */
class AdversarialToyTest {
    private record Accuracies(double clean, double attacked, double brittleWeight) {}

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void thePenaltyProtects(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            Accuracies plain = meanOfSeeds(basin, 0);
            for (double nu : new double[] {0.1, 0.2}) {
                Accuracies penalised = meanOfSeeds(basin, nu);
                String seen = "nu 0: " + plain + ", nu " + nu + ": " + penalised;
                assertTrue(penalised.attacked > plain.attacked + 0.05, seen);
                assertTrue(penalised.clean > plain.clean - 0.03, seen);
                assertTrue(penalised.brittleWeight < 0.1 * plain.brittleWeight, seen);
            }
        }
    }

    private static Accuracies meanOfSeeds(Basin basin, double nu) {
        AdversarialToy[] trained = LongStream.rangeClosed(1, 3).mapToObj(seed -> {
            AdversarialToy toy = new AdversarialToy(basin, seed);
            toy.train(nu);
            return toy;
        }).toArray(AdversarialToy[]::new);
        Accuracies sum = new Accuracies(0, 0, 0);
        for (AdversarialToy toy : trained) {
            sum = new Accuracies(
                    sum.clean + toy.cleanAccuracy() / trained.length,
                    sum.attacked + toy.attackedAccuracy() / trained.length,
                    sum.brittleWeight + toy.meanBrittleWeight() / trained.length);
        }
        return sum;
    }
}
