package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.Reduction;
import dev.basin.loss.RowBuffers;
import dev.basin.loss.ZLoss;

/** Page 01-z-loss: the Z-loss, blind to shift and scale. */
final class ZLossSpec {
    static final Spec SPEC = Spec.named("z_loss", "01-z-loss", "The Z-loss, blind to shift and scale")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .optionalInput("grad_loss", Sampler.uniform(0, 2), "rows")
            .parameter(Parameter.real("a", 1, 0.1, 1.0, 5.0))
            .parameter(Parameter.real("b", 0, -2.0, 0.0, 5.0))
            .parameter(Parameter.real("eps", 1e-12, 0.0, 1e-12, 1e-3))
            .output("loss", "rows")
            .halfOutput("grad_logits", "rows", "classes")
            .tolerance(1e-6, "f32 differences to a mean in two floats, f64 sums; a gradient's terms cancel along shift and scale",
                    ZLossSpec::terms)
            .computedBy(ZLossSpec::evaluate);

    private ZLossSpec() {}

    /** A gradient is a sum of terms of the size of the upstream's over the deviation. */
    private static double terms(Case each, String output) {
        if (!output.equals("grad_logits")) {
            return 0;
        }
        Value logits = each.inputs().get("logits").getFirst();
        int classes = Math.toIntExact(logits.shape()[1]);
        double largest = 0;
        for (int row = 0; row < logits.shape()[0]; row++) {
            double[] entries = java.util.Arrays.copyOfRange(logits.data(), row * classes, (row + 1) * classes);
            double mean = java.util.Arrays.stream(entries).average().orElse(0);
            double variance = java.util.Arrays.stream(entries).map(x -> (x - mean) * (x - mean)).average().orElse(0);
            largest = variance > 0 && Double.isFinite(variance) ? Math.max(largest, 1 / Math.sqrt(variance)) : largest;
        }
        return largest * (each.inputs().containsKey("grad_loss") ? 2 : 1);
    }

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        ZLoss loss = new ZLoss()
                .sharpness(evaluation.real("a"))
                .location(evaluation.real("b"))
                .epsilon(evaluation.real("eps"))
                .reduction(Reduction.SUM);
        RowBuffers buffers = RowBuffers.NONE.losses(evaluation.output("loss", logits.rows()));
        Tensor targets = evaluation.tensor("targets");
        Tensor gradient = evaluation.outputOver(logits, "grad_logits");
        Tensor upstream = evaluation.optional("grad_loss");
        if (upstream == null) {
            evaluation.measure(() -> loss.forwardBackward(evaluation.basin(), logits, targets, gradient, buffers));
            return;
        }
        // A gradient's own factors are weights of a second call, or, where some are negative, multiply its result.
        loss.forward(evaluation.basin(), logits, targets, buffers);
        boolean weights = RowLosses.areWeights(upstream);
        loss.forwardBackward(
                evaluation.basin(), logits, targets, gradient, weights ? RowBuffers.NONE.rowWeights(upstream) : RowBuffers.NONE);
        if (!weights) {
            RowLosses.multiplyRows(gradient, upstream);
        }
    }
}
