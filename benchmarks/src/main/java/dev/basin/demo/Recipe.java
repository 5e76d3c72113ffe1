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
