package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.Calibration;

/** Page 37-correctness-calibration: how far confidence is from accuracy. */
final class CalibrationErrorSpec {
    static final Spec SPEC = Spec.named("calibration_error", "37-correctness-calibration", "How far confidence is from accuracy")
            .size("batch", 1, 300)
            .input("confidence", Sampler.uniform(0, 1), "batch")
            .integerInput("correct", Sampler.coin(), "batch")
            .parameter(Parameter.integer("bins", 25, 5L, 25L))
            .output("ece")
            .output("mce")
            .output("brier")
            .output("ks")
            .integerOutput("count", "...")
            .output("sum_confidence", "...")
            .output("sum_correct", "...")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.EMPTY, HardCase.SATURATED, HardCase.TIES)
            .tolerance(1e-6, 1e-12, "f64, rounded once to f32")
            .computedBy(CalibrationErrorSpec::evaluate);

    private CalibrationErrorSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor correct = evaluation.tensor("correct");
        Tensor confidence = evaluation.tensor("confidence");
        int bins = evaluation.integer("bins");
        evaluation.measureBeside("", () -> Calibration.Error.of(confidence, correct, bins));
        Calibration.Error error = Calibration.Error.of(confidence, correct, bins);
        evaluation.result("ece", error.expected());
        evaluation.result("mce", error.largest());
        evaluation.result("brier", error.brier());
        evaluation.result("ks", error.kolmogorovSmirnov());
        Tensor counts = evaluation.output("count", bins);
        Tensor confidences = evaluation.output("sum_confidence", bins);
        Tensor corrects = evaluation.output("sum_correct", bins);
        for (int bin = 0; bin < bins; bin++) {
            counts.set(bin, error.counts()[bin]);
            confidences.set(bin, error.confidences()[bin]);
            corrects.set(bin, error.corrects()[bin]);
        }
    }
}
