package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.Verbalizer;
import dev.basin.loss.VerbalizerHead;

/** Page 57-verbalizer: classes by label words at a mask, from the vocabulary's logits or from hidden values. */
final class VerbalizerSpecs {
    static final Spec CLASSES = Spec.named("verbalizer_ce", "57-verbalizer", "Classes by label words at a mask")
            .size("rows", 1, 17)
            .size("templates", 1, 4)
            .size("vocabulary", 5, 100)
            .size("words", 40, 48) // so many that each class has one
            .halfInput("vocab_logits", Sampler.normal(3), "rows", "templates", "vocabulary")
            .integerInput("targets", (random, _) -> random.nextInt(3), "rows")
            .integerInput("label_token_ids", Sampler.labels("vocabulary"), "words")
            .integerInput("label_class", (random, _) -> random.nextInt(3), "words")
            .parameter(Parameter.integer("C", 3, 3L))
            .parameter(Parameter.word("pool_words", "max", "mean"))
            .parameter(Parameter.word("pool_templates", "mean", "max"))
            .output("loss", "rows")
            .output("class_logits", "rows", "...")
            .output("grad_vocab_logits", "rows", "templates", "vocabulary")
            .without(HardCase.IN_PLACE, HardCase.STRIDED, HardCase.PARALLEL, HardCase.CONFINED, HardCase.EMPTY, HardCase.ONE_COLUMN,
                    HardCase.ODD_TAILS, HardCase.LONG_ROW, HardCase.NAN_ROW, HardCase.NEGATIVE_INFINITY_ROW,
                    HardCase.POSITIVE_INFINITY)
            .discontinuous()
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, "class logits are rounded to f32, then as cross-entropy")
            .computedBy(VerbalizerSpecs::evaluate);

    static final Spec POSITIONS = Spec.named("verbalizer_ce_positions", "57-verbalizer", "Classes by label words at a position of sequences")
            .size("rows", 1, 1)
            .size("sequences", 3, 3) // P of them for each row, and 3 in the cases of long rows
            .size("positions", 1, 5)
            .size("vocabulary", 5, 33)
            .size("words", 40, 48)
            .halfInput("logits", Sampler.normal(3), "sequences", "positions", "vocabulary")
            .integerInput("mask_position", Sampler.labels("positions"), "sequences")
            .integerInput("targets", (random, _) -> random.nextInt(3), "rows")
            .integerInput("label_token_ids", Sampler.labels("vocabulary"), "words")
            .integerInput("label_class", (random, _) -> random.nextInt(3), "words")
            .parameter(Parameter.integer("C", 3, 3L))
            .parameter(Parameter.integer("P", 3, 3L))
            .parameter(Parameter.word("pool_words", "max", "mean"))
            .parameter(Parameter.word("pool_templates", "mean", "max"))
            .output("loss", "rows")
            .output("class_logits", "rows", "...")
            .output("grad_logits", "sequences", "positions", "vocabulary")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.PARALLEL, HardCase.CONFINED, HardCase.EMPTY, HardCase.ONE_COLUMN,
                    HardCase.ODD_TAILS, HardCase.LONG_ROW, HardCase.NAN_ROW, HardCase.NEGATIVE_INFINITY_ROW, HardCase.POSITIVE_INFINITY)
            .discontinuous()
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, "class logits are rounded to f32, then as cross-entropy")
            .computedBy(VerbalizerSpecs::evaluatePositions);

    static final Spec HIDDEN = Spec.named("verbalizer_ce_hidden", "57-verbalizer", "Classes by label words, without the vocabulary's logits")
            .size("rows", 1, 17)
            .size("templates", 1, 4)
            .size("width", 2, 8)
            .size("vocabulary", 5, 1000)
            .size("words", 40, 48)
            .input("hidden", Sampler.normal(1), "rows", "templates", "width")
            .input("E", Sampler.normal(1), "vocabulary", "width")
            .optionalInput("bias", Sampler.normal(1), "vocabulary")
            .integerInput("targets", (random, _) -> random.nextInt(3), "rows")
            .integerInput("label_token_ids", Sampler.labels("vocabulary"), "words")
            .integerInput("label_class", (random, _) -> random.nextInt(3), "words")
            .parameter(Parameter.integer("C", 3, 3L))
            .parameter(Parameter.word("pool_words", "max", "mean"))
            .parameter(Parameter.word("pool_templates", "mean", "max"))
            .output("loss", "rows")
            .output("class_logits", "rows", "...")
            .output("grad_hidden", "rows", "templates", "width")
            .output("grad_E", "vocabulary", "width")
            .output("grad_bias", "vocabulary")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.PARALLEL, HardCase.CONFINED, HardCase.EMPTY, HardCase.ONE_COLUMN,
                    HardCase.ODD_TAILS, HardCase.LONG_ROW, HardCase.NAN_ROW, HardCase.NEGATIVE_INFINITY_ROW, HardCase.NEGATIVE_INFINITY,
                    HardCase.POSITIVE_INFINITY,
                    HardCase.SATURATED) // the products of 80s are off by more than a small probability forgives
            .discontinuous()
            .tolerance(2e-5, 1e-6, "f32 products, then as cross-entropy")
            .computedBy(VerbalizerSpecs::evaluateHidden);

    private VerbalizerSpecs() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("vocab_logits");
        Verbalizer verbalizer = verbalizer(evaluation);
        long rows = logits.shape()[0];
        Tensor losses = evaluation.output("loss", rows);
        Tensor classLogits = evaluation.output("class_logits", rows, evaluation.integer("C"));
        Tensor gradient = zeros(evaluation, "grad_vocab_logits", logits.shape());
        Tensor targets = evaluation.tensor("targets");
        Tensor words = evaluation.scratch("class_logits", rows, logits.shape()[1], words(evaluation));
        evaluation.measure(() -> verbalizer.forwardBackward(evaluation.basin(), logits, targets, losses, classLogits, words));
        verbalizer.scatter(words, gradient);
    }

    private static void evaluatePositions(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        Tensor positions = evaluation.tensor("mask_position");
        Tensor targets = evaluation.tensor("targets");
        Verbalizer verbalizer = verbalizer(evaluation);
        long rows = targets.size();
        long templates = evaluation.integer("P");
        if (positions.size() != rows * templates) {
            throw new IllegalArgumentException("mask_position must have P = " + templates + " sequences for each of " + rows + " targets, got "
                    + positions);
        }
        Tensor losses = evaluation.output("loss", rows);
        Tensor classLogits = evaluation.output("class_logits", rows, evaluation.integer("C"));
        Tensor gradient = zeros(evaluation, "grad_logits", logits.shape());
        Tensor words = evaluation.scratch("class_logits", rows, templates, words(evaluation));
        evaluation.measure(
                () -> verbalizer.forwardBackwardAt(evaluation.basin(), logits, positions, targets, losses, classLogits, words));
        verbalizer.scatterAt(words, positions, gradient);
    }

    private static void evaluateHidden(Evaluation evaluation) {
        Tensor hidden = evaluation.tensor("hidden");
        Tensor embeddings = evaluation.tensor("E");
        Tensor bias = evaluation.optional("bias");
        Tensor targets = evaluation.tensor("targets");
        VerbalizerHead head = new VerbalizerHead(verbalizer(evaluation));
        long rows = targets.size();
        long words = words(evaluation);
        Tensor losses = evaluation.output("loss", rows);
        Tensor classLogits = evaluation.output("class_logits", rows, evaluation.integer("C"));
        VerbalizerHead.Gradients gradients = new VerbalizerHead.Gradients(evaluation.output("grad_hidden", hidden.shape()),
                evaluation.scratch("grad_E", words, embeddings.columns()), evaluation.scratch("grad_bias", words));
        evaluation.measure(() -> head.forwardBackward(
                evaluation.basin(), hidden, embeddings, bias, targets, losses, classLogits, gradients));
        head.scatter(gradients, zeros(evaluation, "grad_E", embeddings.shape()),
                zeros(evaluation, "grad_bias", embeddings.rows()));
    }

    private static Tensor zeros(Evaluation evaluation, String output, long... shape) {
        Tensor tensor = evaluation.output(output, shape);
        for (long i = 0; i < tensor.size(); i++) {
            tensor.set(i, 0);
        }
        return tensor;
    }

    private static long words(Evaluation evaluation) {
        return evaluation.shape("label_token_ids")[0];
    }

    private static Verbalizer verbalizer(Evaluation evaluation) {
        return new Verbalizer(integers(evaluation.tensor("label_token_ids")), integers(evaluation.tensor("label_class")),
                        evaluation.integer("C"))
                .words(pooling(evaluation.word("pool_words")))
                .templates(pooling(evaluation.word("pool_templates")));
    }

    private static Verbalizer.Pooling pooling(String word) {
        return word.equals("max") ? Verbalizer.Pooling.LARGEST : Verbalizer.Pooling.MEAN;
    }

    private static int[] integers(Tensor tensor) {
        int[] values = new int[Math.toIntExact(tensor.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (int) tensor.get(i);
        }
        return values;
    }
}
