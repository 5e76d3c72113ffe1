package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.norm.ZeroMeanLinear;

/** Page 61-rmsnorm-equivalence: a linear whose outputs have zero mean. */
final class ZeroMeanLinearSpec {
    static final Spec SPEC = Spec.named("zero_mean_linear", "61-rmsnorm-equivalence", "Linear with outputs of zero mean")
            .size("rows", 1, 24)
            .size("inputs", 1, 60)
            .size("outputs", 1, 60)
            .halfInput("x", Sampler.normal(1), "rows", "inputs")
            .halfInput("weight", Sampler.normal(1), "outputs", "inputs")
            .input("bias", Sampler.normal(1), "outputs")
            .halfInput("grad_y", Sampler.normal(1), "rows", "outputs")
            .halfOutput("y", "rows", "outputs")
            .halfOutput("grad_x", "rows", "inputs")
            .output("grad_weight", "outputs", "inputs")
            .output("grad_bias", "outputs")
            .without(HardCase.IN_PLACE)
            .tolerance(1e-5, "f32 products and sums, whose terms may cancel", ZeroMeanLinearSpec::largestSumOfTerms)
            .computedBy(ZeroMeanLinearSpec::evaluate);

    private ZeroMeanLinearSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor x = evaluation.tensor("x");
        Tensor weight = evaluation.tensor("weight");
        Tensor bias = evaluation.tensor("bias");
        Tensor y = evaluation.output("y", x.rows(), weight.rows());
        evaluation.measure("forward", () -> ZeroMeanLinear.forward(evaluation.basin(), x, weight, bias, y));
        Tensor gradY = evaluation.tensor("grad_y");
        Tensor gradX = evaluation.output("grad_x", x.shape());
        Tensor gradWeight = evaluation.output("grad_weight", weight.shape());
        Tensor gradBias = evaluation.output("grad_bias", bias.shape());
        evaluation.measure("backward", () -> ZeroMeanLinear.backward(
                evaluation.basin(), gradY, x, weight, gradX, gradWeight, gradBias, false));
    }

    /** The largest sum of the sizes of what an entry of the output is the sum of, before its mean is taken away. */
    private static double largestSumOfTerms(Case each, String output) {
        double[] x = data(each, "x");
        double[] weight = data(each, "weight");
        double[] gradY = data(each, "grad_y");
        int inputs = Math.toIntExact(each.inputs().get("x").getFirst().shape()[1]);
        int outputs = Math.toIntExact(each.inputs().get("weight").getFirst().shape()[0]);
        int rows = inputs == 0 ? 0 : x.length / inputs;
        return switch (output) {
            case "y" -> largestSum(rows, outputs, inputs, (r, o, i) -> x[r * inputs + i] * weight[o * inputs + i]);
            case "grad_x" -> largestSum(rows, inputs, outputs, (r, i, o) -> gradY[r * outputs + o] * weight[o * inputs + i]);
            case "grad_weight" -> largestSum(outputs, inputs, rows, (o, i, r) -> gradY[r * outputs + o] * x[r * inputs + i]);
            case "grad_bias" -> largestSum(outputs, 1, rows, (o, _, r) -> gradY[r * outputs + o]);
            default -> 0;
        };
    }

    private static double[] data(Case each, String input) {
        return each.inputs().get(input).getFirst().data();
    }

    private static double largestSum(int rows, int columns, int terms, Product product) {
        double largest = 0;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double sum = 0;
                for (int i = 0; i < terms; i++) {
                    double size = Math.abs(product.of(row, column, i));
                    sum += Double.isFinite(size) ? size : 0;
                }
                largest = Math.max(largest, sum);
            }
        }
        return largest;
    }

    /** One term of an entry of a matrix product. */
    @FunctionalInterface
    private interface Product {
        double of(int row, int column, int term);
    }
}
