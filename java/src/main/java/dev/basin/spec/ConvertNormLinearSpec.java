package dev.basin.spec;

import dev.basin.norm.NormConversion;
import dev.basin.norm.NormKind;
import dev.basin.norm.NormParameters;
import dev.basin.norm.PreNormModel.Linear;

/** Page 61-rmsnorm-equivalence: a linear behind a LayerNorm as one behind RMSNorm and behind CRMSNorm. */
final class ConvertNormLinearSpec {
    static final Spec SPEC = Spec.named("convert_norm_linear", "61-rmsnorm-equivalence",
                    "Conversion of a linear that reads a Pre-LN residual stream")
            .size("outputs", 1, 40)
            .size("width", 2, 70)
            .input("weight", Sampler.normal(1), "outputs", "width")
            .input("bias", Sampler.normal(1), "outputs")
            .input("gamma", Sampler.uniform(0.5, 1.5), "width")
            .input("beta", Sampler.normal(0.5), "width")
            .output("weight_rms", "outputs", "width")
            .output("bias_rms", "outputs")
            .output("weight_crms", "outputs", "compressed")
            .output("bias_crms", "outputs")
            .without(HardCase.IN_PLACE, HardCase.ONE_COLUMN)
            .tolerance(1e-7, 1e-37, "converted in double and rounded to f32 once")
            .computedBy(ConvertNormLinearSpec::evaluate);

    private ConvertNormLinearSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Linear linear = new Linear(evaluation.tensor("weight"), evaluation.tensor("bias"));
        NormParameters norm = new NormParameters(evaluation.tensor("gamma"), evaluation.tensor("beta"));
        evaluation.measureBeside("to RMSNorm", () -> NormConversion.convertReader(linear, norm, NormKind.RMS_NORM));
        result(evaluation, "rms", NormConversion.convertReader(linear, norm, NormKind.RMS_NORM));
        result(evaluation, "crms", NormConversion.convertReader(linear, norm, NormKind.CRMS_NORM));
    }

    /** Both parts of a converted linear, which had a bias and so still has. */
    static void result(Evaluation evaluation, String target, Linear converted) {
        evaluation.result("weight_" + target, converted.weight());
        evaluation.result("bias_" + target, java.util.Objects.requireNonNull(converted.bias()));
    }
}
