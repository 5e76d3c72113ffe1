package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.norm.CrmsNorm;
import dev.basin.norm.LayerNorm;
import dev.basin.norm.NormGradients;
import dev.basin.norm.NormParameters;
import dev.basin.norm.NormStatistics;
import dev.basin.norm.RmsNorm;
import dev.basin.norm.RowNorm;
import java.lang.foreign.Arena;

/** Page 61-rmsnorm-equivalence: the norms, alone and after the residual add. */
final class NormSpecs {
    private static final String PAGE = "61-rmsnorm-equivalence";

    private static final String REASON = "f32 arithmetic: a few ulp of the terms, which in a gradient may cancel, by rows of "
            + "width 2 under LayerNorm almost entirely";

    static final Spec LAYER_NORM = alone("layer_norm", "Layer normalisation", new LayerNorm(), NormTerms.LAYER);
    static final Spec RMS_NORM = alone("rms_norm", "Root mean square normalisation", new RmsNorm(), NormTerms.RMS);
    static final Spec CRMS_NORM = alone("crms_norm", "Compressed root mean square normalisation", new CrmsNorm(), NormTerms.CRMS);

    static final Spec ADD_LAYER_NORM =
            afterAdd("add_layer_norm", "Residual add and layer normalisation", new LayerNorm(), NormTerms.LAYER);
    static final Spec ADD_RMS_NORM =
            afterAdd("add_rms_norm", "Residual add and root mean square normalisation", new RmsNorm(), NormTerms.RMS);
    static final Spec ADD_CRMS_NORM = afterAdd(
            "add_crms_norm", "Residual add and compressed root mean square normalisation", new CrmsNorm(), NormTerms.CRMS);

    private NormSpecs() {}

    private static Spec alone(String name, String title, RowNorm<?> norm, NormTerms terms) {
        Spec.Builder builder = Spec.named(name, PAGE, title)
                .size("rows", 1, 70)
                .size("width", 1, 300)
                .halfInput("x", Sampler.normal(2), "rows", "width")
                .halfInput("grad_y", Sampler.normal(1), "rows", "width");
        return withParameters(builder, norm, terms)
                .halfOutput("grad_x", "rows", "width")
                .computedBy(evaluation -> evaluateAlone(evaluation, norm));
    }

    /** The sums are exact in bf16, so that the reference normalises the very rows that bf16 storage holds. */
    private static Spec afterAdd(String name, String title, RowNorm<?> norm, NormTerms terms) {
        Spec.Builder builder = Spec.named(name, PAGE, title)
                .size("rows", 1, 70)
                .size("width", 1, 300)
                .halfInput("residual", Sampler.halves(30), "rows", "width")
                .halfInput("branch", Sampler.halves(8), "rows", "width")
                .halfInput("grad_y", Sampler.normal(1), "rows", "width")
                .halfInput("grad_residual_out", Sampler.normal(1), "rows", "width");
        return withParameters(builder, norm, terms)
                .halfOutput("residual_out", "rows", "width")
                .halfOutput("grad_residual", "rows", "width")
                .halfOutput("grad_branch", "rows", "width")
                .computedBy(evaluation -> evaluateAfterAdd(evaluation, norm));
    }

    private static Spec.Builder withParameters(Spec.Builder builder, RowNorm<?> norm, NormTerms terms) {
        builder.optionalInput("gamma", Sampler.normal(1), "width")
                .parameter(Parameter.real("eps", 1e-5, 1e-6, 1e-5, 1e-3))
                .halfOutput("y", "rows", "width")
                .output("grad_gamma", "width")
                .tolerance(2e-6, REASON, terms);
        return hasBeta(norm)
                ? builder.optionalInput("beta", Sampler.normal(1), "width").output("grad_beta", "width")
                : builder;
    }

    private static void evaluateAlone(Evaluation evaluation, RowNorm<?> any) {
        RowNorm<?> norm = any.epsilon(evaluation.real("eps"));
        Tensor x = evaluation.tensor("x");
        NormParameters parameters = parameters(evaluation, norm);
        NormStatistics statistics = norm.allocateStatistics(Arena.ofAuto(), x);
        Tensor y = evaluation.outputOver(x, "y");
        evaluation.measure("forward", () -> norm.forward(evaluation.basin(), x, parameters, y, statistics));

        Tensor gradY = evaluation.tensor("grad_y");
        Tensor input = evaluation.tensor("x");
        Tensor gradX = evaluation.outputOver(gradY, "grad_x");
        NormGradients gradients = gradients(evaluation, norm, x.columns());
        evaluation.measure("backward", () -> norm.backward(
                evaluation.basin(), gradY, input, parameters, statistics, gradX, gradients));
    }

    private static void evaluateAfterAdd(Evaluation evaluation, RowNorm<?> any) {
        RowNorm<?> norm = any.epsilon(evaluation.real("eps"));
        Tensor residual = evaluation.tensor("residual");
        Tensor branch = evaluation.tensor("branch");
        NormParameters parameters = parameters(evaluation, norm);
        NormStatistics statistics = norm.allocateStatistics(Arena.ofAuto(), residual);
        Tensor residualOut = evaluation.outputOver(residual, "residual_out");
        Tensor y = evaluation.outputOver(branch, "y");
        evaluation.measure("forward", () -> norm.addForward(
                evaluation.basin(), residual, branch, parameters, residualOut, y, statistics));

        Tensor gradResidualOut = evaluation.tensor("grad_residual_out");
        Tensor gradResidual = evaluation.outputOver(gradResidualOut, "grad_residual");
        Tensor gradY = evaluation.tensor("grad_y");
        NormGradients gradients = gradients(evaluation, norm, residual.columns());
        evaluation.measure("backward", () -> norm.addBackward(evaluation.basin(), gradY, gradResidualOut, residualOut,
                parameters, statistics, gradResidual, gradients));
        evaluation.result("grad_branch", gradResidual);
    }

    private static NormParameters parameters(Evaluation evaluation, RowNorm<?> norm) {
        return new NormParameters(evaluation.optional("gamma"), hasBeta(norm) ? evaluation.optional("beta") : null);
    }

    private static NormGradients gradients(Evaluation evaluation, RowNorm<?> norm, long width) {
        return new NormGradients(
                evaluation.output("grad_gamma", width), hasBeta(norm) ? evaluation.output("grad_beta", width) : null);
    }

    private static boolean hasBeta(RowNorm<?> norm) {
        return norm instanceof LayerNorm;
    }
}
