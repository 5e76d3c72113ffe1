package dev.basin.spec;

import dev.basin.norm.NormConversion;
import dev.basin.norm.NormKind;
import dev.basin.norm.PreNormModel.Linear;

/** Page 61-rmsnorm-equivalence: a linear that writes into the residual stream, for Pre-RMSNorm and for Pre-CRMSNorm. */
final class ConvertResidualLinearSpec {
    static final Spec SPEC = Spec.named("convert_residual_linear", "61-rmsnorm-equivalence",
                    "Conversion of a linear that writes into a Pre-LN residual stream")
            .size("width", 2, 70)
            .size("inputs", 1, 40)
            .input("weight", Sampler.normal(1), "width", "inputs")
            .input("bias", Sampler.normal(1), "width")
            .output("weight_rms", "width", "inputs")
            .output("bias_rms", "width")
            .output("weight_crms", "compressed", "inputs")
            .output("bias_crms", "compressed")
            .without(HardCase.IN_PLACE, HardCase.EMPTY)
            .tolerance(1e-7, 1e-37, "converted in double and rounded to f32 once")
            .computedBy(ConvertResidualLinearSpec::evaluate);

    private ConvertResidualLinearSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Linear linear = new Linear(evaluation.tensor("weight"), evaluation.tensor("bias"));
        evaluation.measureBeside("to RMSNorm", () -> NormConversion.convertWriter(linear, NormKind.RMS_NORM));
        ConvertNormLinearSpec.result(evaluation, "rms", NormConversion.convertWriter(linear, NormKind.RMS_NORM));
        ConvertNormLinearSpec.result(evaluation, "crms", NormConversion.convertWriter(linear, NormKind.CRMS_NORM));
    }
}
