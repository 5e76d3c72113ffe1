package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.optim.Conversion;

/** Page 55-lion: rounding to bf16. */
final class RoundingSpec {
    static final Spec SPEC = Spec.named("bf16_round", "55-lion", "Rounding to bf16, to nearest even")
            .size("size", 1, 3000)
            .input("x", RoundingSpec::anyFinite, "size")
            .bf16Output("out", "size")
            .without(HardCase.STRIDED, HardCase.IN_PLACE)
            .exact("the bits of each number follow from its own alone")
            .computedBy(RoundingSpec::evaluate);

    private RoundingSpec() {}

    /** Floats of every exponent; one in four lies in the middle between two bf16 numbers, one in four beside it. */
    private static double anyFinite(java.util.random.RandomGenerator random, java.util.function.ToLongFunction<String> sizes) {
        int bits = random.nextInt();
        int middle = (bits & 0xFFFF0000) | 0x8000;
        float value = Float.intBitsToFloat(switch (random.nextInt(4)) {
            case 0 -> middle;
            case 1 -> middle + random.nextInt(-1, 2);
            default -> bits;
        });
        return Float.isFinite(value) ? value : Float.MAX_VALUE;
    }

    private static void evaluate(Evaluation evaluation) {
        Tensor x = evaluation.tensor("x");
        Tensor rounded = evaluation.output("out", x.shape());
        evaluation.measure(() -> Conversion.convert(evaluation.basin(), x, rounded));
    }
}
