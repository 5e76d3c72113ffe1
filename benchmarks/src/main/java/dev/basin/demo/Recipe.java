package dev.basin.demo;

import java.util.ArrayList;
import java.util.List;

/** What a network is trained with. */
public record Recipe(TrainingLoss loss, TrainingOptimizer optimizer) {
    /** Every loss with the default optimizer, and every optimizer with the default loss. */
    public static List<Recipe> all() {
        List<Recipe> recipes = new ArrayList<>();
        for (TrainingLoss loss : TrainingLoss.ALL) {
            recipes.add(new Recipe(loss, TrainingOptimizer.ALL.getFirst()));
        }
        for (TrainingOptimizer optimizer : TrainingOptimizer.ALL.subList(1, TrainingOptimizer.ALL.size())) {
            recipes.add(new Recipe(TrainingLoss.ALL.getFirst(), optimizer));
        }
        return recipes;
    }

    /** Every optimizer with the default loss, and SAF, which does without SAM's second gradient, with the optimizer that SAM is around. */
    public static List<Recipe> optimizers(UnaryOperator<TrainingOptimizer> tuned) {
        List<Recipe> recipes = new ArrayList<>();
        for (TrainingOptimizer optimizer : TrainingOptimizer.ALL) {
            recipes.add(new Recipe(TrainingLoss.ALL.getFirst(), tuned.apply(optimizer)));
        }
        TrainingOptimizer sgd = recipes.stream().map(Recipe::optimizer).filter(one -> one.name().equals("sgd")).findFirst().orElseThrow();
        recipes.add(new Recipe(TrainingLoss.named("saf"), sgd));
        return recipes;
    }

    /** Every one of these losses with every one of these optimizers. */
    public static List<Recipe> product(List<TrainingLoss> losses, List<TrainingOptimizer> optimizers) {
        return losses.stream()
                .flatMap(loss -> optimizers.stream().map(optimizer -> new Recipe(loss, optimizer)))
                .toList();
    }

    @Override
    public String toString() {
        return loss.title() + ", " + optimizer.title();
    }
}
