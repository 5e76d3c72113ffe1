package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.Verbalizer;
import java.lang.foreign.Arena;

/** Page 57-verbalizer: classes by label words at a mask. */
final class VerbalizerSpec {
    static final Spec SPEC = Spec.named("verbalizer_ce", "57-verbalizer", "Classes by label words at a mask")
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
            .computedBy(VerbalizerSpec::evaluate);

    private VerbalizerSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("vocab_logits");
        int classes = evaluation.integer("C");
        int[] ids = integers(evaluation.tensor("label_token_ids"));
        int[] classesOfWords = integers(evaluation.tensor("label_class"));
        Verbalizer verbalizer = new Verbalizer(ids, classesOfWords, classes)
                .words(pooling(evaluation.word("pool_words")))
                .templates(pooling(evaluation.word("pool_templates")));
        long rows = logits.shape()[0];
        Tensor losses = evaluation.output("loss", rows);
        Tensor classLogits = evaluation.output("class_logits", rows, classes);
        Tensor gradient = evaluation.output("grad_vocab_logits", logits.shape());
        Tensor targets = evaluation.tensor("targets");
        Tensor words = Tensor.allocate(Arena.ofAuto(), classLogits.type(), rows, logits.shape()[1], ids.length);
        evaluation.measure(() -> verbalizer.forwardBackward(evaluation.basin(), logits, targets, losses, classLogits, words));
        for (long i = 0; i < gradient.size(); i++) {
            gradient.set(i, 0);
        }
        verbalizer.scatter(words, gradient);
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
